"""The command `servegauge serve`: the server of a spec, for a person, until Ctrl-C."""

from __future__ import annotations

import os
import secrets
import sys
import time
from collections.abc import Callable
from pathlib import Path

from pydantic import SecretStr

from tasks.config.home import home
from tasks.config.server import OwnServer, StartedServer
from tasks.config.spec import Spec
from tasks.errors import InputError
from tasks.probe.identity import server_identity
from tasks.probe.ready import report_death, wait_ready
from tasks.provision.environment import provide_environment
from tasks.provision.model import provide_model
from tasks.serve.argv import check_owned
from tasks.serve.flags import ask_flags, check_flags
from tasks.serve.gpu_lease import lease_for
from tasks.serve.launch import ServerSetup
from tasks.serve.process import ServerProcess, serving

KEY = "OPENAI_API_KEY"
"""Where clients look for a key; ours is taken from there too, so that the two agree."""
LOOK_S = 0.5


def serve_alone(spec: Spec, say: Callable[[str], None]) -> None:
    """Start the server, say how to ask it, and stay until it is interrupted.

    Raises:
        InputError: the spec has no server that is started here, or names blocks that say how.
        ExecutionError: it did not start, or it ended by itself.
    """
    server = spec.server
    if not isinstance(server, StartedServer):
        raise InputError(f"spec {spec.name}: its server runs already, at {server.url}", "ask it there")
    if spec.blocks.hub or spec.blocks.host:
        raise InputError(
            f"spec {spec.name}: its blocks hub and host are read by runs alone",
            "use --set blocks.hub=null --set blocks.host=null; set the hub's variables and server.env",
        )
    check_owned(server)
    environment = provide_environment(server, spec.environment)
    say(f"environment {environment.build.name}: {environment.build.engine} {environment.build.version}")
    check_flags(server, environment.build, ask_flags(environment))
    model = provide_model(server, environment)
    say(f"model {model.identity.name} at {model.identity.revision[:12]}")
    log = home() / "logs" / f"serve-{spec.name}-{os.getpid()}.log"
    key = SecretStr(os.environ.get(KEY) or secrets.token_urlsafe(32))
    with lease_for(server, environment, say) as lease:
        say(f"starts, log {log}")
        setup = ServerSetup(
            server=server,
            model=model,
            environment=environment,
            log=log,
            name=spec.name,
            lease=lease,
            api_key=key,
        )
        with serving(setup) as process:
            _ready(server, process, log, say)
            _stay(process, say)


def _ready(server: OwnServer, process: ServerProcess, log: Path, say: Callable[[str], None]) -> None:
    took = wait_ready(process.endpoint, process.check, server.startup_timeout_s, log=log)
    with report_death(process.check):
        server_identity(process.endpoint, managed=True)
    say(f"ready after {took:.1f} s; Ctrl-C stops it")
    print(f"export OPENAI_BASE_URL={process.endpoint.url}")
    if not os.environ.get(KEY) and sys.stdout.isatty() and process.endpoint.api_key:
        # Shown to who started it, on the terminal alone: a file or a log must not hold it.
        print(f"export {KEY}={process.endpoint.api_key.get_secret_value()}")
    elif not os.environ.get(KEY) and process.endpoint.api_key:
        say(f"its key is random and shown on a terminal alone; set {KEY} before to choose it")
    sys.stdout.flush()


def _stay(process: ServerProcess, say: Callable[[str], None]) -> None:
    try:
        while True:
            process.check()
            time.sleep(LOOK_S)
    except KeyboardInterrupt:
        say("stops")

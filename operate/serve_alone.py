"""The server of a spec without a run, as `servegauge serve` starts it, until Ctrl-C."""

from __future__ import annotations

import os
import secrets
import sys
import time
from collections.abc import Callable
from pathlib import Path

from pydantic import SecretStr

from tasks.config.home import home
from tasks.config.server import ManagedServer, StartedServer
from tasks.config.spec import Spec
from tasks.errors import InputError
from tasks.probe.identity import server_identity
from tasks.probe.ready import report_death, wait_ready
from tasks.provision.environment import provide_environment
from tasks.provision.model import provide_model
from tasks.provision.provisioned import Environment, Model
from tasks.serve.argv import check_owned
from tasks.serve.flags import ask_flags, check_flags
from tasks.serve.gpu_lease import lease_for
from tasks.serve.launch import ServerSetup
from tasks.serve.process import ServerProcess, serving

KEY_VARIABLE = "OPENAI_API_KEY"
"""Clients read their key from it; the server's key comes from it too, so that both agree."""
CHECK_PAUSE_S = 0.5

Show = Callable[[str], None]
"""Shows the user one line."""


def serve_alone(spec: Spec, show: Show) -> None:
    """Start the server, print how to reach it, and keep it running until Ctrl-C.

    Raises:
        InputError: the spec's server is not started here, or the spec names blocks that only runs read.
        ExecutionError: the server did not start, or ended by itself.
    """
    server = _checked_server(spec)
    environment, model = _provision(server, spec.environment, show)
    log = home() / "logs" / f"serve-{spec.name}-{os.getpid()}.log"
    api_key = SecretStr(os.environ.get(KEY_VARIABLE) or secrets.token_urlsafe(32))
    with lease_for(server, environment, show) as lease:
        show(f"the server starts, log {log}")
        setup = ServerSetup(
            server=server,
            model=model,
            environment=environment,
            log=log,
            name=spec.name,
            lease=lease,
            api_key=api_key,
        )
        with serving(setup) as process:
            _wait_until_ready(server, process, log, show)
            _print_address(process, show)
            _wait_for_interrupt(process, show)


def _checked_server(spec: Spec) -> ManagedServer:
    server = spec.server
    if not isinstance(server, StartedServer):
        raise InputError(
            f"spec {spec.name}: its server already runs, at {server.url}", "send requests to that address"
        )
    if spec.blocks.hub or spec.blocks.host:
        raise InputError(
            f"spec {spec.name}: only runs read its blocks hub and host",
            "use --set blocks.hub=null --set blocks.host=null; set the hub's variables and server.env",
        )
    check_owned(server)
    return server


def _provision(server: ManagedServer, environment_name: str | None, show: Show) -> tuple[Environment, Model]:
    environment = provide_environment(server, environment_name)
    build = environment.build
    show(f"environment {build.name}: {build.engine} {build.version}")
    check_flags(server, build, ask_flags(environment))
    model = provide_model(server, environment)
    show(f"model {model.identity.name} at {model.identity.revision[:12]}")
    return environment, model


def _wait_until_ready(server: ManagedServer, process: ServerProcess, log: Path, show: Show) -> None:
    seconds = wait_ready(process.endpoint, process.check, server.startup_timeout_s, log=log)
    with report_death(process.check):
        server_identity(process.endpoint, managed=True)
    show(f"ready after {seconds:.1f} s; Ctrl-C stops it")


def _print_address(process: ServerProcess, show: Show) -> None:
    """Print the server's address for a shell; a random key too, but only on a terminal.

    A file or a log must not hold the key.
    """
    print(f"export OPENAI_BASE_URL={process.endpoint.url}")
    key = process.endpoint.api_key
    if key and not os.environ.get(KEY_VARIABLE):
        if sys.stdout.isatty():
            print(f"export {KEY_VARIABLE}={key.get_secret_value()}")
        else:
            show(f"its key is random and printed only on a terminal; set {KEY_VARIABLE} to choose the key")
    sys.stdout.flush()


def _wait_for_interrupt(process: ServerProcess, show: Show) -> None:
    try:
        while True:
            process.check()
            time.sleep(CHECK_PAUSE_S)
    except KeyboardInterrupt:
        show("the server stops")

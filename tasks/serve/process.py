"""A server that is started here: `with serving(...)`, and it is gone when the block is left."""

from __future__ import annotations

import atexit
import os
import secrets
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from pydantic import SecretStr

from tasks.config.server import VllmServer
from tasks.errors import ServerDied
from tasks.provision.results import Environment, Model
from tasks.serve.argv import serve_argv, server_env
from tasks.serve.gpu_choice import gpu_variables
from tasks.serve.gpu_lease import Lease
from tasks.serve.guarded import Guarded
from tasks.serve.log import explain, read, startup_times, tail
from tasks.serve.port import HOST, choose_port
from tasks.serve.results import Endpoint

TAIL_LINES = 20


class ServerProcess:
    """One server, which may be started again. Not a value: it stays in the process that made it."""

    endpoint: Endpoint
    """Where it answers; another one after `restart`, so ask for it each time."""

    def __init__(
        self,
        server: VllmServer,
        model: Model,
        environment: Environment,
        log: Path,
        grace_s: float = 10.0,
        base: Mapping[str, str] | None = None,
        lease: Lease | None = None,
        key: SecretStr | None = None,
    ) -> None:
        self.log = log
        self.starts = 0
        self._server, self._model, self._environment = server, model, environment
        self._grace_s = grace_s
        self._lease = lease or Lease()
        self._base = dict(os.environ if base is None else base) | gpu_variables(self._lease.cards)
        self._key = key or SecretStr(secrets.token_urlsafe(32))
        self._child: Guarded | None = None
        self._log_start = 0

    @property
    def pid(self) -> int | None:
        """The server's process number, which is its group's too."""
        return self._child.pid if self._child else None

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative is the signal that ended it."""
        return self._child.exit_code if self._child else None

    def start(self) -> None:
        """Start it; returns at once, long before it is ready.

        Raises:
            InputError: the spec's flags or variables are refused.
            ServerStartError: the port is taken, or the interpreter cannot be executed.
        """
        server, model = self._server, self._model
        port = choose_port(server.port)
        argv = serve_argv(server, model, self._environment, port)
        env = server_env(server, model, self._environment, self._key.get_secret_value(), self._base)
        self.starts += 1
        self._mark_log()
        self._child = Guarded(argv, env, self.log, self._grace_s, self._lease.locks)
        self.endpoint = Endpoint(
            url=f"http://{HOST}:{port}/v1",
            model=server.name,
            tokenizer=server.tokenizer or model.tokenizer,
            api_key=self._key,
        )

    def stop(self) -> None:
        """End it and all it left behind; returns when they are gone. May be called again."""
        if self._child:
            self._child.end()

    def restart(self) -> None:
        """End what is left of it and start it again. Raises what `start` raises."""
        self.stop()
        self.start()

    def check(self) -> None:
        """Return at once while it runs.

        Raises:
            ServerDied: it is gone; with its exit code, the reason where known, and the tail of its log.
        """
        code = self.exit_code
        if code is None:
            return
        what, remedy = explain(read(self.log, self._log_start)) or _by_code(code, self.log)
        raise ServerDied(
            f"the server {self._server.name} (pid {self.pid}) ended with {_words(code)}: {what}",
            remedy,
            tail(self.log, TAIL_LINES, self._log_start),
        )

    def startup_times(self) -> dict[str, float]:
        """Seconds that the last start spent, as far as its log tells: see `log.startup_times`."""
        return startup_times(read(self.log, self._log_start))

    def _mark_log(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("a") as file:
            now = datetime.now(UTC).isoformat(timespec="milliseconds")
            file.write(f"--- {self._server.name}: start {self.starts}, {now} ---\n")
            self._log_start = file.tell()


@contextmanager
def serving(
    server: VllmServer,
    model: Model,
    environment: Environment,
    log: Path,
    *,
    grace_s: float = 10.0,
    base: Mapping[str, str] | None = None,
    lease: Lease | None = None,
    key: SecretStr | None = None,
) -> Iterator[ServerProcess]:
    """A started (not yet ready) server, which is gone when the block is left, however it is left.

    Its output goes to `log`. `grace_s`: seconds between asking it to end and forcing it. `base`: variables
    that it inherits, by default ours. `lease`: its GPUs. `key`: what clients
    must send, by default a random one. Raises what `ServerProcess.start` raises.
    """
    process = ServerProcess(server, model, environment, log, grace_s, base, lease, key)
    atexit.register(process.stop)  # an interrupt that falls between two lines here must not skip the stop
    try:
        process.start()
        yield process
    finally:
        process.stop()
        atexit.unregister(process.stop)


def _words(code: int) -> str:
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name


def _by_code(code: int, log: Path) -> tuple[str, str]:
    if code == -signal.SIGKILL:
        return "something killed it", f"often the machine ran out of memory: see `dmesg`, and {log}"
    return "its log gives no known reason", f"read {log}"

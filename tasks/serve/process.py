"""A server process that runs for the duration of its `with serving(...)` block."""

from __future__ import annotations

import atexit
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from tasks.errors import ServerDied
from tasks.provision.die_with_parent import die_with_parent
from tasks.serve.endpoint import Endpoint
from tasks.serve.failure_reasons import explain_failure
from tasks.serve.find_endpoint import endpoint_at
from tasks.serve.guarded_process import GuardedProcess
from tasks.serve.launch import Launch, ServerSetup, launch_of
from tasks.serve.port import choose_port
from tasks.serve.server_log import startup_times
from tasks.text import read_end, tail

TAIL_LINES = 20
INSPECT_TIMEOUT_S = 5.0
SIGNAL_OFFSET = 128
"""Exit code of a container that a signal ended, minus the signal's number."""


class ServerProcess:
    """One server, which may be restarted. It cannot be passed to another process."""

    endpoint: Endpoint
    """The server's endpoint. `restart` may change it, so do not keep a copy."""

    def __init__(self, setup: ServerSetup) -> None:
        self.log = setup.log
        self.starts = 0
        self._setup = setup
        self._child: GuardedProcess | None = None
        self._launch: Launch | None = None
        self._log_start = 0

    @property
    def pid(self) -> int | None:
        """The server's process id, which is also its process group."""
        return self._child.pid if self._child else None

    def pids(self) -> frozenset[int]:
        """Return the server's process id and, if it can be read, that of its container's first process."""
        pids = {self.pid, _container_pid(self._launch)}
        return frozenset(pid for pid in pids if pid)

    @property
    def gpu_indices(self) -> tuple[int, ...]:
        """The indices in nvidia-smi of the GPUs that are locked for the server."""
        return tuple(gpu.index for gpu in self._setup.lease.gpus)

    @property
    def exit_code(self) -> int | None:
        """The exit code; None while the server runs; the negative signal number if a signal ended it."""
        return self._child.exit_code if self._child else None

    def start(self) -> None:
        """Start the server and return without waiting until it is ready.

        Raises:
            InputError: the spec's flags or variables are refused.
            ServerStartError: the port is in use, or the interpreter cannot be executed.
        """
        setup = self._setup
        port = choose_port(setup.server.port)
        self._launch = launch_of(setup, port)
        self.starts += 1
        self._mark_log()
        self._child = GuardedProcess(self._launch, self.log, setup.grace_s, setup.lease.locks)
        self.endpoint = endpoint_at(port, setup.server, setup.model, setup.api_key)

    def stop(self) -> None:
        """Stop the server and its descendants, and return when they have ended. May be called again."""
        if self._child:
            self._child.end()

    def restart(self) -> None:
        """Stop the server and start it again. Raise the errors of `start`."""
        self.stop()
        self.start()

    def check(self) -> None:
        """Check that the server still runs.

        Raises:
            ServerDied: it has ended; the error has the exit code, the reason if known, and last log lines.
        """
        code = self.exit_code
        if code is None:
            return
        log_text = read_end(self.log, self._log_start)
        what, remedy = explain_failure(log_text) or _reason_of_code(code, self.log)
        name, ending = self._setup.server.name, _describe_code(code)
        raise ServerDied(
            f"the server {name} (pid {self.pid}) ended with {ending}: {what}",
            remedy,
            tail(self.log, TAIL_LINES, self._log_start),
        )

    def startup_times(self) -> dict[str, float]:
        """Return the seconds of the last start by phase, as `server_log.startup_times`."""
        return startup_times(read_end(self.log, self._log_start))

    def _mark_log(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("a") as file:
            now = datetime.now(UTC).isoformat(timespec="milliseconds")
            file.write(f"--- {self._setup.server.name}: start {self.starts}, {now} ---\n")
            self._log_start = file.tell()


@contextmanager
def serving(setup: ServerSetup) -> Iterator[ServerProcess]:
    """Start a server without waiting until it is ready, and stop it at the end of the block.

    Raise the errors of `ServerProcess.start`.
    """
    process = ServerProcess(setup)
    atexit.register(process.stop)  # for an interrupt that arrives before the try block is entered
    try:
        process.start()
        yield process
    finally:
        process.stop()
        atexit.unregister(process.stop)


def _container_pid(launch: Launch | None) -> int | None:
    if launch is None or not launch.pid_argv:
        return None
    try:
        result = subprocess.run(
            die_with_parent(launch.pid_argv),
            env=launch.env,
            capture_output=True,
            timeout=INSPECT_TIMEOUT_S,
            check=True,
        )
        return int(result.stdout)  # 0 for a container that does not run
    except (OSError, subprocess.SubprocessError, ValueError):
        return None


def _describe_code(code: int) -> str:
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name


def _reason_of_code(code: int, log: Path) -> tuple[str, str]:
    if code in (-signal.SIGKILL, SIGNAL_OFFSET + signal.SIGKILL):
        return "something killed it", f"often the machine ran out of memory: see `dmesg`, and {log}"
    return "its log gives no known reason", f"read {log}"

"""A server that is started here: `with serving(...)`, and it is gone when the block is left."""

from __future__ import annotations

import atexit
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from tasks.errors import ServerDied
from tasks.serve.endpoint import Endpoint
from tasks.serve.failure_reasons import explain_failure
from tasks.serve.find_endpoint import endpoint_at
from tasks.serve.guarded_process import GuardedProcess
from tasks.serve.launch import Launch, Order, launch
from tasks.serve.port import choose_port
from tasks.serve.server_log import read, startup_times, tail

TAIL_LINES = 20
ANSWER_S = 5.0
IN_CONTAINER = 128
"""What a container engine adds to the number of the signal that ended its process."""


class ServerProcess:
    """One server, which may be started again. Not a value: it stays in the process that made it."""

    endpoint: Endpoint
    """Where it answers; another one after `restart`, so ask for it each time."""

    def __init__(self, order: Order) -> None:
        self.log = order.log
        self.starts = 0
        self._order = order
        self._child: GuardedProcess | None = None
        self._how: Launch | None = None
        self._log_start = 0

    @property
    def pid(self) -> int | None:
        """The server's process number, which is its group's too."""
        return self._child.pid if self._child else None

    def pids(self) -> frozenset[int]:
        """The numbers of its first processes: its own, and that of its container where that can be told."""
        found = {self.pid} if self.pid else set()
        return frozenset(found | _first(self._how)) if self._how else frozenset(found)

    @property
    def cards(self) -> tuple[int, ...]:
        """The numbers of its GPUs, where they were chosen here."""
        return tuple(card.index for card in self._order.lease.cards)

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
        order = self._order
        port = choose_port(order.server.port)
        self._how = how = launch(order, port)
        self.starts += 1
        self._mark_log()
        self._child = GuardedProcess(how, self.log, order.grace_s, order.lease.locks)
        self.endpoint = endpoint_at(port, order.server, order.model, order.key)

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
        what, remedy = explain_failure(read(self.log, self._log_start)) or _by_code(code, self.log)
        raise ServerDied(
            f"the server {self._order.server.name} (pid {self.pid}) ended with {_words(code)}: {what}",
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
            file.write(f"--- {self._order.server.name}: start {self.starts}, {now} ---\n")
            self._log_start = file.tell()


@contextmanager
def serving(order: Order) -> Iterator[ServerProcess]:
    """A started (not yet ready) server, which is gone when the block is left, however it is left.

    Raises what `ServerProcess.start` raises.
    """
    process = ServerProcess(order)
    atexit.register(process.stop)  # an interrupt that falls between two lines here must not skip the stop
    try:
        process.start()
        yield process
    finally:
        process.stop()
        atexit.unregister(process.stop)


def _first(how: Launch) -> set[int]:
    if not how.first:
        return set()
    try:
        said = subprocess.run(
            how.first, env=how.env, capture_output=True, timeout=ANSWER_S, check=True
        ).stdout
        return {number for number in (int(said),) if number > 0}
    except (OSError, subprocess.SubprocessError, ValueError):
        return set()


def _words(code: int) -> str:
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name


def _by_code(code: int, log: Path) -> tuple[str, str]:
    if code in (-signal.SIGKILL, IN_CONTAINER + signal.SIGKILL):
        return "something killed it", f"often the machine ran out of memory: see `dmesg`, and {log}"
    return "its log gives no known reason", f"read {log}"

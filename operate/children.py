"""The processes of `servegauge up`: each with its log, started again when it ends, ended for certain."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from collections import deque
from pathlib import Path

PR_SET_PDEATHSIG = 1
QUICK_S = 20.0
TAIL_LINES = 15


class Child:
    """One process in a session of its own, so that Ctrl-C reaches `up` alone and `up` decides the order."""

    def __init__(self, name: str, argv: tuple[str, ...], env: dict[str, str], log: Path) -> None:
        self.name, self.log = name, log
        self._argv, self._env = argv, env
        self._start()

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._process.poll() is None

    def keep(self) -> bool:
        """Start it again where it ended; at most one start in QUICK_S. True where it was started."""
        if self.alive or time.monotonic() - self._started_at < QUICK_S:
            return False
        self._start()
        return True

    def tail(self) -> str:
        """The last lines of its log."""
        with contextlib.suppress(OSError), self.log.open(errors="replace") as lines:
            return "".join(deque(lines, TAIL_LINES))
        return ""

    def end(self, grace_s: float = 15.0) -> None:
        """Ask, then force; its whole group in the end."""
        if self.alive:
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(grace_s)
        with contextlib.suppress(OSError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _start(self) -> None:
        self._started_at = time.monotonic()
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._argv,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=_end_with_parent,
            )


def _end_with_parent() -> None:
    """Have the kernel ask it to end where `up` itself is killed."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)

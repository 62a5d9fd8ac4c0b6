"""The processes of `servegauge up`: each has a log, is restarted when it exits, and is killed at the end."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import time
from pathlib import Path

from tasks.text import tail

PR_SET_PDEATHSIG = 1
RESTART_PAUSE_S = 20.0
"""The minimum time between two starts of a process that keeps exiting."""
TAIL_LINES = 15


class Child:
    """One process in its own session. Ctrl-C reaches only `up`, which ends its processes in order."""

    def __init__(self, name: str, argv: tuple[str, ...], env: dict[str, str], log: Path) -> None:
        self.name, self.log = name, log
        self._argv, self._env = argv, env
        self._start()

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    def restart_if_exited(self) -> bool:
        """Restart an exited process, at most once in RESTART_PAUSE_S. Return whether it was restarted."""
        if self.alive or time.monotonic() - self._started_at < RESTART_PAUSE_S:
            return False
        self._start()
        return True

    def tail(self) -> str:
        """Return the last lines of the process's log."""
        return tail(self.log, TAIL_LINES)

    def end(self, grace_s: float = 15.0) -> None:
        """Send SIGTERM, wait up to `grace_s` seconds, then kill the process group."""
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
    """Have the kernel send SIGTERM to this process when `up` itself is killed."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)

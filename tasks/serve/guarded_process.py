"""The owner's side of the guardian: a child process that cannot outlive its owner."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO

import psutil

from tasks.errors import ServerStartError
from tasks.serve.launch import Launch

GUARDIAN = Path(__file__).with_name("guardian.py")
MARGIN_S = 20.0
"""How much longer than the grace the guardian may take: it forces the end, and waits for it."""


class GuardedProcess:
    """A process in a group of its own, output in a file; `end`, or our death, ends it and all it left."""

    def __init__(
        self,
        launch: Launch,
        log: Path,
        grace_s: float,
        held: tuple[int, ...] = (),
    ) -> None:
        """Start it; the variables travel through a pipe, where no other user can read them.

        Args:
            held: open files that stay open until all is gone (locks), even when we are gone before.

        Raises:
            ServerStartError: the program cannot be executed.
        """
        self._lock = threading.Lock()
        self._exit_code: int | None = None
        self._grace_s = grace_s
        self.pid = 0
        self._launch = launch
        order = {**launch.model_dump(), "log": str(log.absolute()), "grace_s": grace_s}
        # Our end of the pipe is not inherited by programs we execute, so it closes when we die. Children that
        # are forked without an exec would hold it; measuring children come from a fork server, which was
        # executed, and the guardian watches for a change of its parent besides.
        with log.open("ab") as file:
            self._guardian = subprocess.Popen(
                (sys.executable, "-I", "-S", str(GUARDIAN)),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=file,
                start_new_session=True,
                pass_fds=held,
            )
        assert self._guardian.stdout is not None
        self._news = select.poll()
        self._news.register(self._guardian.stdout, select.POLLIN)
        try:
            self.pid = self._hand_over(json.dumps(order), launch.argv[0], log)
        except BaseException:
            self.end()
            raise

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative is the signal that ended it. Cheap, never blocks."""
        with self._lock:
            if self._exit_code is None and self._news.poll(0):
                self._exit_code = self._last_word()
            return self._exit_code

    def end(self) -> None:
        """Stop it and all it left; returns when they are gone. An interrupt is raised only then."""
        interrupt: BaseException | None = None
        # Twice: a container is asked for one grace, and what answers to signals for another.
        deadline = time.monotonic() + (2 if self._launch.ask else 1) * self._grace_s + MARGIN_S
        while self._guardian.poll() is None and time.monotonic() < deadline:
            try:
                self._close(self._guardian.stdin)
                self._guardian.wait(0.2)
            except subprocess.TimeoutExpired:
                continue
            except BaseException as error:  # a second Ctrl-C must not cut the stop short
                interrupt = error
        if self._guardian.poll() is None:
            self._guardian.kill()
            self._guardian.wait()
            self._force()
        _ = self.exit_code  # read before the pipe is closed
        self._close(self._guardian.stdout)
        if interrupt is not None:
            raise interrupt

    def _hand_over(self, order: str, program: str, log: Path) -> int:
        assert self._guardian.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._guardian.stdin.write(order.encode() + b"\n")
            self._guardian.stdin.flush()
        word, _, rest = self._line().partition(" ")
        if word == "pid":
            return int(rest)
        raise ServerStartError(
            f"{program} could not be started: {rest or 'its guardian ended'}",
            f"check the environment's interpreter, and read {log}",
        )

    def _line(self) -> str:
        """The guardian's next line, and nothing after it is taken from the pipe; empty at its end."""
        assert self._guardian.stdout is not None
        text = b""
        while (byte := os.read(self._guardian.stdout.fileno(), 1)) not in (b"", b"\n"):
            text += byte
        return text.decode()

    def _last_word(self) -> int:
        word, _, code = self._line().partition(" ")
        if word == "exit":
            return int(code)
        self._force()  # the guardian itself was killed: what it started is ours to end
        return -signal.SIGKILL

    def _force(self) -> None:
        if self.pid:
            _kill_tree(self.pid)
        if self._launch.force:
            with contextlib.suppress(OSError, subprocess.SubprocessError):
                subprocess.run(
                    self._launch.force, env=self._launch.env, capture_output=True, timeout=MARGIN_S
                )

    @staticmethod
    def _close(pipe: IO[bytes] | None) -> None:
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()


def _kill_tree(leader: int) -> None:
    """SIGKILL for a process, its group and its descendants, whatever group or session they are in."""
    try:
        process = psutil.Process(leader)
        family = [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        family = []
    with contextlib.suppress(OSError):
        os.killpg(leader, signal.SIGKILL)
    for member in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            member.kill()
    psutil.wait_procs(family, MARGIN_S)

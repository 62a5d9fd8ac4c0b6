"""Starts a process through the guardian script, so that it cannot outlive the process that started it."""

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
"""Seconds beyond the grace period in which the guardian kills remaining processes and waits for them."""


class GuardedProcess:
    """A process in a separate process group, with its output in a file.

    `end` stops the process and its descendants. They also stop when this process dies in any way.
    """

    def __init__(
        self,
        launch: Launch,
        log: Path,
        grace_s: float,
        locks: tuple[int, ...] = (),
    ) -> None:
        """Start the process.

        Args:
            launch: its command and variables, passed through a pipe that other users cannot read.
            log: the file that its output is appended to.
            grace_s: seconds between SIGTERM and SIGKILL.
            locks: open files that the guardian keeps open until all processes have ended.

        Raises:
            ServerStartError: the program cannot be executed.
        """
        self.pid = 0
        self._launch = launch
        self._grace_s = grace_s
        self._exit_code: int | None = None
        self._exit_code_lock = threading.Lock()
        self._guardian = _start_guardian(log, locks)
        assert self._guardian.stdout is not None
        self._stdout_poll = select.poll()
        self._stdout_poll.register(self._guardian.stdout, select.POLLIN)
        try:
            self._send_launch(log)
            self.pid = self._read_pid(log)
        except BaseException:
            self.end()
            raise

    @property
    def exit_code(self) -> int | None:
        """The exit code, read without blocking; None while it runs; negative for the signal that ended it."""
        with self._exit_code_lock:
            if self._exit_code is None and self._stdout_poll.poll(0):
                self._exit_code = self._read_exit_code()
            return self._exit_code

    def end(self) -> None:
        """Stop the process and its descendants. Raise an interrupt only after they have ended."""
        interrupt: BaseException | None = None
        # A container gets two grace periods: one from docker or podman `stop`, one for its client process.
        graces = 2 if self._launch.stop_argv else 1
        deadline = time.monotonic() + graces * self._grace_s + MARGIN_S
        while self._guardian.poll() is None and time.monotonic() < deadline:
            try:
                _close(self._guardian.stdin)
                self._guardian.wait(0.2)
            except subprocess.TimeoutExpired:
                continue
            except BaseException as error:  # a second Ctrl-C must not leave a server behind
                interrupt = error
        if self._guardian.poll() is None:
            self._guardian.kill()
            self._guardian.wait()
            self._kill()
        _ = self.exit_code  # read it before the pipe is closed
        _close(self._guardian.stdout)
        if interrupt is not None:
            raise interrupt

    def _send_launch(self, log: Path) -> None:
        request = {**self._launch.model_dump(), "log": str(log.absolute()), "grace_s": self._grace_s}
        assert self._guardian.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._guardian.stdin.write(json.dumps(request).encode() + b"\n")
            self._guardian.stdin.flush()

    def _read_pid(self, log: Path) -> int:
        keyword, _, rest = self._read_line().partition(" ")
        if keyword == "pid":
            return int(rest)
        raise ServerStartError(
            f"{self._launch.argv[0]} could not be started: {rest or 'its guardian ended'}",
            f"check the environment's interpreter, and read {log}",
        )

    def _read_exit_code(self) -> int:
        keyword, _, code = self._read_line().partition(" ")
        if keyword == "exit":
            return int(code)
        self._kill()  # the guardian was killed, so its processes must be ended from here
        return -signal.SIGKILL

    def _read_line(self) -> str:
        """Return the guardian's next line; empty at the end of its output.

        Read single bytes, because `poll` cannot see lines that a buffer has already taken from the pipe.
        """
        assert self._guardian.stdout is not None
        descriptor = self._guardian.stdout.fileno()
        line = b""
        byte = os.read(descriptor, 1)
        while byte not in (b"", b"\n"):
            line += byte
            byte = os.read(descriptor, 1)
        return line.decode()

    def _kill(self) -> None:
        if self.pid:
            _kill_tree(self.pid)
        if self._launch.kill_argv:
            with contextlib.suppress(OSError, subprocess.SubprocessError):
                subprocess.run(
                    self._launch.kill_argv, env=self._launch.env, capture_output=True, timeout=MARGIN_S
                )


def _start_guardian(log: Path, locks: tuple[int, ...]) -> subprocess.Popen[bytes]:
    # Programs that this process executes do not inherit its end of the pipe, so the pipe closes when this
    # process dies. Children forked without exec would keep it open. Measuring processes are no such children:
    # they come from a fork server, which was executed. The guardian also watches for a new parent.
    with log.open("ab") as file:
        return subprocess.Popen(
            (sys.executable, "-I", "-S", str(GUARDIAN)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=file,
            start_new_session=True,
            pass_fds=locks,
        )


def _close(pipe: IO[bytes] | None) -> None:
    if pipe is not None:
        with contextlib.suppress(OSError):
            pipe.close()


def _kill_tree(leader: int) -> None:
    """Send SIGKILL to a process, its group and its descendants in any group or session, and wait for them."""
    try:
        process = psutil.Process(leader)
        processes = [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        processes = []
    with contextlib.suppress(OSError):
        os.killpg(leader, signal.SIGKILL)
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(processes, MARGIN_S)

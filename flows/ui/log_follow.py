"""Copies errors, and each warning once, of another process's log file to the log of the run as they come."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

POLL_INTERVAL_S = 0.5
MOST_LINES = 200
"""The most lines of one log that are copied. Prefect's server stores each copy; the file holds all lines."""
LINE_CHARACTERS = 500
STOP_LIMIT_S = 2.0
TIME = re.compile(r"(\d{4}-)?\d\d-\d\d[ T]\d\d:\d\d:\d\d([.,]\d+)?")
LEVEL = re.compile(r"(?<![A-Za-z])(WARNING|ERROR|CRITICAL)(?![A-Za-z])")

WriteLine = Callable[[str, str], None]
"""Called with a level (`warning` or `error`) and a line."""


@contextmanager
def follow_log(log: Path, write: WriteLine, *, from_start: bool = False) -> Iterator[None]:
    """Copy errors, and each warning once, that are appended to `log` inside the block, in a thread.

    `from_start`: also copy what the file holds already.
    """
    stop = threading.Event()
    follower = LogFollower(log, write, from_start=from_start)
    thread = threading.Thread(target=follower.run, args=(stop,), name=f"log-{log.stem}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(STOP_LIMIT_S)


class LogFollower:
    """Copies what is appended to a log file after this object was created, or the whole file."""

    def __init__(self, log: Path, write: WriteLine, *, from_start: bool = False) -> None:
        self._log, self._write = log, write
        self._position = log.stat().st_size if log.exists() and not from_start else 0
        self._unfinished = b""
        self._copied_lines = 0
        self._warnings: set[str] = set()

    def run(self, stop: threading.Event) -> None:
        """Read until `stop` is set, and once more after it; end early after MOST_LINES."""
        stopping = False
        while not stopping and self._copied_lines < MOST_LINES:
            stopping = stop.wait(POLL_INTERVAL_S)
            self._copy_new_lines()
        if self._copied_lines >= MOST_LINES:
            self._write("warning", f"further lines are only in {self._log}")

    def _copy_new_lines(self) -> None:
        *lines, self._unfinished = (self._unfinished + self._appended()).split(b"\n")
        for line in lines:
            text = " ".join(line.decode(errors="replace").split())
            level = _level(text)
            if level and self._copied_lines < MOST_LINES and not self._is_repeated(level, text):
                self._write(level, text[:LINE_CHARACTERS])
                self._copied_lines += 1

    def _is_repeated(self, level: str, text: str) -> bool:
        """Whether a warning was copied before. Its time, and what is before its level, may differ."""
        if level != "warning":
            return False
        message = TIME.sub("", LEVEL.split(text, 1)[-1])
        repeated = message in self._warnings
        self._warnings.add(message)
        return repeated

    def _appended(self) -> bytes:
        try:
            with self._log.open("rb") as file:
                file.seek(self._position)
                appended = file.read()
        except OSError:
            return b""
        self._position += len(appended)
        return appended


def _level(line: str) -> str | None:
    """`warning` or `error`, None for a line of another level."""
    match = LEVEL.search(line)
    if match is None:
        return None
    return "warning" if match[1] == "WARNING" else "error"

"""What a process of ours writes to its log file while it runs, passed on line by line where it matters."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

PAUSE_S = 0.5
MOST = 200
"""Lines passed on from one log: Prefect's server keeps each, and the file has them all."""
LONGEST = 500
LEVEL = re.compile(r"(?<![A-Za-z])(WARNING|ERROR|CRITICAL)(?![A-Za-z])")

Say = Callable[[str, str], None]
"""Takes a level (`warning` or `error`) and a line."""


@contextmanager
def follow_log(log: Path, say: Say) -> Iterator[None]:
    """Pass on the warnings and errors that are added to a log while the block lasts."""
    over, start = threading.Event(), log.stat().st_size if log.exists() else 0
    thread = threading.Thread(
        target=_follow, args=(log, start, say, over), name=f"log-{log.stem}", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(2.0)


def _follow(log: Path, start: int, say: Say, over: threading.Event) -> None:
    place, told, rest, last = start, 0, b"", False
    while told < MOST and not last:
        last = over.wait(PAUSE_S)
        try:
            with log.open("rb") as file:
                file.seek(place)
                added = file.read()
        except OSError:
            added = b""
        place += len(added)
        *lines, rest = (rest + added).split(b"\n")
        for level, line in filter(None, map(_serious, lines)):
            if told < MOST:
                say(level, line)
            told += 1
    if told >= MOST:
        say("warning", f"further lines are in {log} alone")


def _serious(raw: bytes) -> tuple[str, str] | None:
    line = raw.decode(errors="replace").strip()
    found = LEVEL.search(line)
    if found is None:
        return None
    return ("warning" if found[1] == "WARNING" else "error"), line[:LONGEST]

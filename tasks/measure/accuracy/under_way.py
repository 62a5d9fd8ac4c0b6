"""The number of other requests under way: load processes count it in a file each, and an asker watches it."""

from __future__ import annotations

import mmap
import struct
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

NUMBER = struct.Struct("=i")
TICK_S = 0.02
"""Seconds between two readings of the number."""


def create_counter(path: Path) -> None:
    """Create the file of a load process that has sent nothing yet."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(NUMBER.pack(0))


class Counter:
    """The file of one load process, shared as memory. Only one process may add to it."""

    def __init__(self, path: Path) -> None:
        """Open a file that `create_counter` made."""
        with path.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), NUMBER.size)

    @property
    def number(self) -> int:
        """The requests that are under way."""
        number: int = NUMBER.unpack_from(self._shared)[0]
        return number

    def add(self, change: int) -> None:
        """Count requests that begin, or with a negative number requests that end."""
        NUMBER.pack_into(self._shared, 0, self.number + change)

    def close(self) -> None:
        """Close the file."""
        self._shared.close()


@dataclass(slots=True)
class Others:
    """The other requests that were under way during one answer: readings of their number."""

    readings: int = 0
    total: int = 0
    least: int | None = None

    def add(self, number: int) -> None:
        """Add a reading."""
        self.readings += 1
        self.total += number
        self.least = number if self.least is None else min(self.least, number)

    @property
    def mean(self) -> float | None:
        """The mean of the readings; None without any."""
        return self.total / self.readings if self.readings else None


class LoadWatch:
    """Reads the number of other requests while answers are awaited; `with` runs it. Threads may share it."""

    def __init__(self, counters: Sequence[Path]) -> None:
        """Watch the files of all load processes; none without load, and then it reads nothing."""
        self._counters = [Counter(path) for path in counters]
        self._awaited: list[Others] = []
        self._lock, self._end = threading.Lock(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="load watch", daemon=True)

    def __enter__(self) -> LoadWatch:
        if self._counters:
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end.set()
        if self._counters:
            self._thread.join()

    @contextmanager
    def answer(self) -> Iterator[Others]:
        """Watch during one answer. Its begin and its end are readings too."""
        others = Others()
        self._read([others])
        with self._lock:
            self._awaited.append(others)
        try:
            yield others
        finally:
            with self._lock:
                self._awaited = [each for each in self._awaited if each is not others]
            self._read([others])

    def _run(self) -> None:
        while not self._end.wait(TICK_S):
            with self._lock:
                self._read(self._awaited)

    def _read(self, awaited: Sequence[Others]) -> None:
        if self._counters and awaited:
            number = sum(counter.number for counter in self._counters)
            for others in awaited:
                others.add(number)

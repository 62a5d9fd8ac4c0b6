"""The machine beside a measurement: how busy it is, and how much of that is neither ours nor the server's."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from datetime import UTC, datetime

import psutil

from tasks.probe.reading import Reading

BUSY = "cpu_share"
OTHERS = "others_cpu_share"
FREE = "memory_available_bytes"
SHORTEST_S = 0.1
"""The kernel counts processor time in hundredths of a second: less than ten of them say little."""

Pids = frozenset[int]
Seen = dict[tuple[int, float], float]
"""Processor seconds by process number and start time: a number may be given anew."""


class MachineSource:
    """Shares of all processors of the machine, and its free memory.

    Others are all processes but this one, the server's, and their descendants. Those that begin and end
    between two readings are not seen.
    """

    name = "machine"
    patience_s = 5.0

    def __init__(
        self,
        server: Pids = frozenset(),
        interval_s: float = 1.0,
        own: int | None = None,
    ) -> None:
        """`server`: its processes, as far as they are known; `own`: ours, by default this one."""
        self.interval_s = interval_s
        self._roots = server | {own or os.getpid()}
        self._at, self._total, self._others = time.monotonic(), _busy_s(), self._seen()

    def read(self) -> tuple[Reading, ...]:
        """The shares since the last reading; none where that was just now."""
        now = time.monotonic()
        if (passed := (now - self._at) * (psutil.cpu_count() or 1)) < SHORTEST_S:
            return ()
        total, others = _busy_s(), self._seen()
        foreign = sum(seconds - self._others.get(who, 0.0) for who, seconds in others.items())
        figures = {
            BUSY: (total - self._total) / passed,
            OTHERS: foreign / passed,
            FREE: psutil.virtual_memory().available,
        }
        self._at, self._total, self._others = now, total, others
        time_ = datetime.now(UTC)
        return tuple(Reading(time_, self.name, metric, max(0.0, value)) for metric, value in figures.items())

    def close(self) -> tuple[Reading, ...]:
        """What has passed since the last reading."""
        return self.read()

    def _seen(self) -> Seen:
        """The processor time of all processes that are neither ours nor the server's."""
        told = [process.info for process in psutil.process_iter(["pid", "ppid", "create_time", "cpu_times"])]
        parents = {each["pid"]: each["ppid"] for each in told}
        return {
            (each["pid"], each["create_time"]): each["cpu_times"].user + each["cpu_times"].system
            for each in told
            if each["cpu_times"] is not None and not descends(each["pid"], parents, self._roots)
        }


def descends(pid: int | None, parents: Mapping[int, int | None], roots: Pids) -> bool:
    """Whether a process is one of the roots or descends from one."""
    met: set[int] = set()
    while pid is not None and pid not in met:
        if pid in roots:
            return True
        met.add(pid)
        pid = parents.get(pid)
    return False


def _busy_s() -> float:
    """Processor seconds that the machine did not idle; those taken by its host are none of them."""
    times = psutil.cpu_times()
    return float(sum(getattr(times, kind, 0.0) for kind in ("user", "nice", "system", "irq", "softirq")))

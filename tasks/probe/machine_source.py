"""The telemetry source that reads this machine: CPU load, the share of other processes, free memory."""

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
MIN_CPU_S = 0.1
"""The least CPU seconds between two readings; the kernel counts in hundredths, too coarse for less."""

CpuSeconds = dict[tuple[int, float], float]
"""CPU seconds by process ID and start time; the kernel reuses process IDs."""


class MachineSource:
    """Reads the machine's free memory, and CPU use as a share of all CPUs.

    Other processes are all except this one, the server and their descendants. A process that starts and ends
    between two readings is not counted.
    """

    name = "machine"
    close_timeout_s = 5.0

    def __init__(
        self,
        server_pids: frozenset[int] = frozenset(),
        interval_s: float = 1.0,
        own_pid: int | None = None,
    ) -> None:
        """Record the values that the first reading is compared with.

        Args:
            server_pids: the server's process IDs; descendants count as the server's too.
            interval_s: seconds between two readings.
            own_pid: the measuring process, by default this one.
        """
        self.interval_s = interval_s
        self._roots = server_pids | {own_pid or os.getpid()}
        self._read_at, self._busy_s, self._others = time.monotonic(), _busy_s(), self._cpu_of_others()

    def read(self) -> tuple[Reading, ...]:
        """Return the shares since the last reading; none if that was less than MIN_CPU_S ago."""
        now = time.monotonic()
        available_s = (now - self._read_at) * (psutil.cpu_count() or 1)
        if available_s < MIN_CPU_S:
            return ()
        busy_s, others = _busy_s(), self._cpu_of_others()
        others_s = sum(seconds - self._others.get(process, 0.0) for process, seconds in others.items())
        values = {
            BUSY: (busy_s - self._busy_s) / available_s,
            OTHERS: others_s / available_s,
            FREE: psutil.virtual_memory().available,
        }
        self._read_at, self._busy_s, self._others = now, busy_s, others
        utc = datetime.now(UTC)
        return tuple(Reading(utc, self.name, metric, max(0.0, value)) for metric, value in values.items())

    def close(self) -> tuple[Reading, ...]:
        """Return the shares since the last reading."""
        return self.read()

    def _cpu_of_others(self) -> CpuSeconds:
        infos = [process.info for process in psutil.process_iter(["pid", "ppid", "create_time", "cpu_times"])]
        parents = {info["pid"]: info["ppid"] for info in infos}
        seconds: CpuSeconds = {}
        for info in infos:
            times = info["cpu_times"]
            if times is not None and not is_descendant(info["pid"], parents, self._roots):
                seconds[info["pid"], info["create_time"]] = times.user + times.system
        return seconds


def is_descendant(pid: int | None, parents: Mapping[int, int | None], roots: frozenset[int]) -> bool:
    """Return whether a process is one of `roots` or descends from one. `parents`: parent by process id."""
    visited: set[int] = set()
    while pid is not None and pid not in visited:
        if pid in roots:
            return True
        visited.add(pid)
        pid = parents.get(pid)
    return False


def _busy_s() -> float:
    """Return the CPU seconds of all processes since boot, without those that a hypervisor took."""
    times = psutil.cpu_times()
    return float(sum(getattr(times, kind, 0.0) for kind in ("user", "nice", "system", "irq", "softirq")))

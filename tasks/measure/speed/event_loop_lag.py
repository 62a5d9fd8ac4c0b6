"""How a load process fares while it measures: its processor time, and how late its event loop comes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import datetime
from types import TracebackType

from tasks.measure.jobs import Part
from tasks.probe.reading import Reading

TICK_S = 0.05
TOLD_S = 1.0

CPU = "cpu_share"
LAG = "loop_lag_max_s"


class EventLoopLag:
    """Ticks inside the running event loop; `with` it."""

    def __init__(self) -> None:
        self._seen: list[tuple[float, float, float]] = []
        self._loop = asyncio.get_running_loop()

    def __enter__(self) -> EventLoopLag:
        self._since, self._cpu, self._lag = time.perf_counter(), time.process_time(), 0.0
        self._expect()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        now = time.perf_counter()
        if self._seen and now - self._since < TOLD_S / 2:  # too short to tell a share of
            moment, cpu, lag = self._seen[-1]
            self._seen[-1] = (moment, cpu, max(lag, self._lag))
        else:
            self._note(now)

    def readings(self, part: Part, utc: Callable[[float], datetime]) -> tuple[Reading, ...]:
        """Each second's share of one processor and latest tick; named by process where there are several."""
        suffix = f"_p{part.number}" if part.of > 1 else ""
        return tuple(
            Reading(utc(moment), "client", metric + suffix, value)
            for moment, cpu, lag in self._seen
            for metric, value in ((CPU, cpu), (LAG, lag))
        )

    def _expect(self) -> None:
        self._due = time.perf_counter() + TICK_S
        self._timer = self._loop.call_at(self._loop.time() + TICK_S, self._tick)

    def _tick(self) -> None:
        now = time.perf_counter()
        self._lag = max(self._lag, now - self._due)
        if now - self._since >= TOLD_S:
            self._note(now)
        self._expect()

    def _note(self, now: float) -> None:
        cpu = time.process_time()
        if now > self._since:
            self._seen.append((now, (cpu - self._cpu) / (now - self._since), self._lag))
        self._since, self._cpu, self._lag = now, cpu, 0.0

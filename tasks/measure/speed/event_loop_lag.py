"""Measures a load process: its CPU share and event loop lag, once a second."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType

from tasks.measure.jobs import Part
from tasks.probe.reading import Reading

TICK_S = 0.05
INTERVAL_S = 1.0

CPU = "cpu_share"
LAG = "loop_lag_max_s"


@dataclass(frozen=True, slots=True)
class _Interval:
    """About one second: its end in perf_counter seconds, its CPU share and the largest delay of a tick."""

    end: float
    cpu_share: float
    lag_s: float


class EventLoopLag:
    """Measures CPU share and event loop lag inside its `with` block, in a running event loop."""

    def __init__(self) -> None:
        self._intervals: list[_Interval] = []
        self._loop = asyncio.get_running_loop()

    def __enter__(self) -> EventLoopLag:
        self._start_interval(time.perf_counter(), time.process_time())
        self._schedule_tick()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        now = time.perf_counter()
        if self._intervals and now - self._started < INTERVAL_S / 2:  # too short to compute a CPU share
            last = self._intervals[-1]
            self._intervals[-1] = _Interval(last.end, last.cpu_share, max(last.lag_s, self._lag_s))
        else:
            self._end_interval(now)

    def readings(self, part: Part, utc: Callable[[float], datetime]) -> tuple[Reading, ...]:
        """Return two readings per interval; if several processes share a point, the names end in `_pN`.

        Args:
            part: this process's part of the load.
            utc: converts perf_counter seconds to a time in UTC.
        """
        suffix = f"_p{part.number}" if part.of > 1 else ""
        readings = []
        for interval in self._intervals:
            moment = utc(interval.end)
            readings.append(Reading(moment, "client", CPU + suffix, interval.cpu_share))
            readings.append(Reading(moment, "client", LAG + suffix, interval.lag_s))
        return tuple(readings)

    def _start_interval(self, now: float, cpu_s: float) -> None:
        self._started, self._cpu_s, self._lag_s = now, cpu_s, 0.0

    def _schedule_tick(self) -> None:
        self._due = time.perf_counter() + TICK_S
        self._timer = self._loop.call_at(self._loop.time() + TICK_S, self._tick)

    def _tick(self) -> None:
        now = time.perf_counter()
        self._lag_s = max(self._lag_s, now - self._due)
        if now - self._started >= INTERVAL_S:
            self._end_interval(now)
        self._schedule_tick()

    def _end_interval(self, now: float) -> None:
        cpu_s, duration_s = time.process_time(), now - self._started
        if duration_s > 0:
            self._intervals.append(_Interval(now, (cpu_s - self._cpu_s) / duration_s, self._lag_s))
        self._start_interval(now, cpu_s)

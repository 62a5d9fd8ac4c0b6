"""The data about one point that checks compare: requests, server counters and readings over time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import pairwise

from tasks.config.sweep import Sweep
from tasks.measure.speed.point_result import PointResult
from tasks.measure.speed.request_row import RequestRow
from tasks.probe.reading import Reading
from tasks.probe.server_metrics import COUNTERS, START_TIME, ServerMetrics


@dataclass(frozen=True)
class Evidence:
    """One measured point.

    `rows`: every request, warm-up included. `before` and `after`: the server's counters just before and
    after all requests; None where they could not be read. `readings`: of load generator, server, machine
    and GPUs during the point.
    """

    sweep: Sweep
    result: PointResult
    rows: tuple[RequestRow, ...]
    before: ServerMetrics | None
    after: ServerMetrics | None
    readings: tuple[Reading, ...] = ()

    @cached_property
    def succeeded(self) -> tuple[RequestRow, ...]:
        """Every request that succeeded, warm-up included: the server counts those too."""
        return tuple(row for row in self.rows if row.succeeded)

    @cached_property
    def measured_succeeded(self) -> tuple[RequestRow, ...]:
        """The succeeded requests without the warm-up: those that the figures are computed from."""
        return tuple(row for row in self.succeeded if not row.warmup)

    def values(self, source: str, metric: str) -> list[float]:
        """All readings of a metric, over all its processes or GPUs. Arguments as `readings_by_name`."""
        by_name = self.readings_by_name(source, metric)
        return [reading.value for readings in by_name.values() for reading in readings]

    def readings_by_name(self, source: str, metric: str) -> dict[str, list[Reading]]:
        """Readings of a metric in order of time, by full name: one name for each process or GPU.

        Readings of the machine and its GPUs count only while requests are in flight: what happens while
        requests are prepared is no part of the point.

        Args:
            source: as in `Reading.source`.
            metric: the metric's name without the suffix of a process or GPU.
        """
        by_name: dict[str, list[Reading]] = {}
        for reading in sorted(self.readings, key=lambda reading: reading.time):
            wanted = reading.source == source and reading.metric.startswith(metric)
            if wanted and self._in_point(reading):
                by_name.setdefault(reading.metric, []).append(reading)
        return by_name

    def counter_increase(self, name: str) -> float | None:
        """By how much the server's counter `vllm:NAME` grew during the point; None where that is unknown."""
        if self.before is None or self.after is None or self.restarted:
            return None
        key = f"vllm:{name}"
        if key not in self.after.counters:
            return None
        return self.after.counters[key] - self.before.counters.get(key, 0.0)

    @cached_property
    def restarted(self) -> bool:
        """Whether the server restarted during the point: a counter decreased or the start time changed."""
        for name in COUNTERS:
            if any(earlier > later for earlier, later in pairwise(self._counter_values(name))):
                return True
        return len(set(self._counter_values(START_TIME))) > 1

    def _counter_values(self, name: str) -> list[float]:
        """A counter before, during and after the point, in order of time."""
        during = [reading.value for reading in self._server_readings if reading.metric == name]
        return [*_counter(self.before, name), *during, *_counter(self.after, name)]

    @cached_property
    def _server_readings(self) -> list[Reading]:
        readings = [reading for reading in self.readings if reading.source == "server"]
        return sorted(readings, key=lambda reading: reading.time)

    def _in_point(self, reading: Reading) -> bool:
        if reading.source not in ("machine", "gpu") or not self.rows:
            return True
        start, end = self._requests_span
        return start <= reading.time <= end

    @cached_property
    def _requests_span(self) -> tuple[datetime, datetime]:
        """When the first request was sent and when the last one ended."""
        ends = [row.sent_at + timedelta(seconds=row.latency_s or 0.0) for row in self.rows]
        return min(row.sent_at for row in self.rows), max(ends)


def _counter(metrics: ServerMetrics | None, name: str) -> list[float]:
    """The counter as a list of one; empty where it was not read."""
    if metrics is None or name not in metrics.counters:
        return []
    return [metrics.counters[name]]

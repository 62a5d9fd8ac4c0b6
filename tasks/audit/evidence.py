"""The data about one point that checks compare: requests, server counters and readings over time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from tasks.config.sweep import Sweep
from tasks.measure.speed.figures.point_result import PointResult
from tasks.measure.speed.request_row import RequestRow
from tasks.probe.engine_metrics.meaning import Meaning
from tasks.probe.metrics_history import MetricsHistory, history_of
from tasks.probe.reading import Reading
from tasks.probe.server_metrics import ServerMetrics


@dataclass(frozen=True)
class Evidence:
    """One measured point.

    `rows`: every request, warm-up included. `before` and `after`: the server's counters just before the first
    and after the last request; None if they could not be read. `readings`: readings of the load generator,
    server, machine and GPUs during the point.
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

    @cached_property
    def succeeded_by_kind(self) -> tuple[tuple[Sweep, tuple[RequestRow, ...]], ...]:
        """The succeeded requests of each kind: of the point's own sweep, or of each part of its mix."""
        return tuple(
            (kind, tuple(row for row in self.succeeded if self.sweep.kind_of(row.part) is kind))
            for kind in self.sweep.kinds
        )

    @cached_property
    def abandoned(self) -> tuple[RequestRow, ...]:
        """The requests whose connection was closed on purpose before their answer was complete."""
        return tuple(row for row in self.rows if row.abandoned)

    def values(self, source: str, metric: str) -> list[float]:
        """Return a metric's values for all processes or GPUs; arguments as for `readings_by_name`."""
        by_name = self.readings_by_name(source, metric)
        return [reading.value for readings in by_name.values() for reading in readings]

    def readings_by_name(self, source: str, metric: str) -> dict[str, list[Reading]]:
        """Return the readings of a metric in order of time, by full name: one name for each process or GPU.

        Readings of the machine and its GPUs count only while requests are in flight: the preparation of the
        requests is not part of the point.

        Args:
            source: the `source` of the readings.
            metric: the metric's name without the suffix of a process or GPU.
        """
        by_name: dict[str, list[Reading]] = {}
        for reading in sorted(self.readings, key=lambda reading: reading.time):
            wanted = reading.source == source and reading.metric.startswith(metric)
            if wanted and self._in_point(reading):
                by_name.setdefault(reading.metric, []).append(reading)
        return by_name

    def counter_increase(self, meaning: Meaning) -> float | None:
        """Return how much a counter of the server grew during the point; None if that is unknown."""
        if self.before is None or self.after is None:
            return None
        return self.history.increase(meaning)

    def engine_without(self, meaning: Meaning) -> str | None:
        """Return the engine's name if no version of the engine reports `meaning`.

        Return None if a version reports it, or if the engine is unknown.
        """
        table = self.history.table
        return table.engine if table and not table.has(meaning) else None

    @property
    def restarted(self) -> bool:
        """Whether the server restarted during the point: a counter decreased or the start time changed."""
        return self.history.restarted

    @cached_property
    def history(self) -> MetricsHistory:
        """The server's metrics before, during and after the point."""
        before = (self.before,) if self.before else ()
        after = (self.after,) if self.after else ()
        return MetricsHistory((*before, *history_of(self.readings).pages, *after))

    def _in_point(self, reading: Reading) -> bool:
        if reading.source not in ("machine", "gpu") or not self.rows:
            return True
        start, end = self._requests_span
        return start <= reading.time <= end

    @cached_property
    def _requests_span(self) -> tuple[datetime, datetime]:
        """When the first request was sent and when the last one ended."""
        ends = [row.ended_at for row in self.rows]
        return min(row.sent_at for row in self.rows), max(ends)

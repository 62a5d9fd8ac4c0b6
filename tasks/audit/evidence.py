"""All that is known of one point: what the client saw, what the server counted, how the machine fared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import pairwise

from tasks.config.sweep import Sweep
from tasks.measure.results import PointResult, RequestRow
from tasks.probe.reading import Reading
from tasks.probe.server_metrics import COUNTERS, START_TIME, ServerMetrics


@dataclass(frozen=True)
class Evidence:
    """One point. `before` and `after` are the server's counters around it, warm-up included."""

    sweep: Sweep
    result: PointResult
    rows: tuple[RequestRow, ...]
    before: ServerMetrics | None
    after: ServerMetrics | None
    readings: tuple[Reading, ...] = ()
    """Of client, server, machine and GPUs, taken meanwhile."""

    @cached_property
    def succeeded(self) -> tuple[RequestRow, ...]:
        """Every request that came back whole, warm-up included: what the server counts too."""
        return tuple(row for row in self.rows if row.succeeded)

    @cached_property
    def good(self) -> tuple[RequestRow, ...]:
        """The measured requests that came back whole, as they were sent: what the figures are made of."""
        return tuple(row for row in self.succeeded if not row.warmup)

    def read(self, source: str, metric: str) -> list[float]:
        """A source's readings of a metric, those of all its processes or cards, each in order of time.

        Those of machine and GPUs, from the first request sent to the last one's end: what a process does
        that prepares requests, or a GPU that waits for them, is no part of the point.
        """
        return [each.value for found in self.read_apart(source, metric).values() for each in found]

    def read_apart(self, source: str, metric: str) -> dict[str, list[Reading]]:
        """The same, each process's or card's readings under their whole name."""
        found: dict[str, list[Reading]] = {}
        for each in sorted(self.readings, key=lambda each: each.time):
            if each.source == source and each.metric.startswith(metric) and self._meanwhile(each):
                found.setdefault(each.metric, []).append(each)
        return found

    def counted(self, name: str) -> float | None:
        """What the server added to its counter `vllm:NAME` meanwhile; None where it cannot be told."""
        if self.before is None or self.after is None or self.restarted:
            return None
        key = f"vllm:{name}"
        if key not in self.after.counters:
            return None
        return self.after.counters[key] - self.before.counters.get(key, 0.0)

    def _meanwhile(self, reading: Reading) -> bool:
        if reading.source not in ("machine", "gpu") or not self.rows:
            return True
        start, end = self._span
        return start <= reading.time <= end

    @cached_property
    def _span(self) -> tuple[datetime, datetime]:
        ends = (row.sent_at + timedelta(seconds=row.latency_s or 0.0) for row in self.rows)
        return min(row.sent_at for row in self.rows), max(ends)

    @cached_property
    def restarted(self) -> bool:
        """Counters only grow, so one that shrank was started anew; a process says when it started itself."""
        return any(early > late for name in COUNTERS for early, late in pairwise(self._course(name))) or (
            len(set(self._course(START_TIME))) > 1
        )

    def _course(self, metric: str) -> list[float]:
        ends = ((found.counters.get(metric),) if found else () for found in (self.before, self.after))
        first, last = ends
        within = (each.value for each in self._server if each.metric == metric)
        return [value for value in (*first, *within, *last) if value is not None]

    @cached_property
    def _server(self) -> list[Reading]:
        found = [each for each in self.readings if each.source == "server"]
        return sorted(found, key=lambda each: each.time)

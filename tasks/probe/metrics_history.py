"""The server's metrics over a point: how much its counters grew, and whether it restarted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import pairwise
from statistics import fmean

from tasks.probe.engine_metrics.meaning import Meaning
from tasks.probe.engine_metrics.metric import EngineMetrics
from tasks.probe.reading import Reading
from tasks.probe.server_metrics import COUNTERS, NAMES, START_TIME, ServerMetrics

_READ = NAMES | {START_TIME}


@dataclass(frozen=True)
class MetricsHistory:
    """The metrics of one server at several moments, in order of time."""

    pages: Sequence[ServerMetrics]

    @property
    def table(self) -> EngineMetrics | None:
        """The metrics table of the server's engine; None if the engine is unknown."""
        return self.pages[-1].table if self.pages else None

    def increase(self, meaning: Meaning) -> float | None:
        """Return how much a counter grew from the first page to the last; None if that is unknown.

        A counter that is missing on the first page counts as 0: some engines report a counter only after its
        first event.
        """
        if len(self.pages) < 2 or self.restarted:
            return None
        last = self.pages[-1].value(meaning)
        return None if last is None else last - (self.pages[0].value(meaning) or 0.0)

    def mean_while_running(self, meaning: Meaning) -> float | None:
        """Return the mean of a gauge over the pages with running requests; None without such pages.

        Omit zeros: an engine reports 0 before it knows the value.
        """
        values = [page.value(meaning) for page in self.pages if page.value(Meaning.RUNNING)]
        known = [value for value in values if value]
        return fmean(known) if known else None

    @cached_property
    def restarted(self) -> bool:
        """Whether the server restarted: a counter decreased or the start time changed."""
        for name in COUNTERS:
            if any(earlier > later for earlier, later in pairwise(self._values(name))):
                return True
        return len(set(self._values(START_TIME))) > 1

    def _values(self, name: str) -> list[float]:
        return [page.counters[name] for page in self.pages if name in page.counters]


def history_of(readings: Iterable[Reading]) -> MetricsHistory:
    """Return the history from a point's telemetry; server readings with the same time form one page."""
    read = [reading for reading in readings if reading.source == "server" and reading.metric in _READ]
    times: list[datetime] = []
    pages: list[dict[str, float]] = []
    for reading in sorted(read, key=lambda reading: reading.time):
        if not times or reading.time != times[-1] or reading.metric in pages[-1]:
            times.append(reading.time)
            pages.append({})
        pages[-1][reading.metric] = reading.value
    metrics = (ServerMetrics(time=time, counters=page) for time, page in zip(times, pages, strict=True))
    return MetricsHistory(tuple(metrics))

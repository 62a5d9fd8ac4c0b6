"""The best of what was measured: loads are compared by the means of their repeats. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from tasks.measure.results import PointResult
from tasks.record.results import RecordedPoint
from tasks.report import formats
from tasks.report.report_input import Column, Table
from tasks.report.tables.repeats import mean_of, sound_by_load

Repeats = Sequence[PointResult]
_COLUMNS = (
    Column(name="Sweep"),
    Column(name="Best by"),
    Column(name="Load", numeric=True),
    Column(name="Figure", numeric=True),
)


def best(
    loads: Iterable[Repeats], figure: Callable[[PointResult], float | None], *, most: bool
) -> tuple[float, PointResult] | None:
    """The highest or lowest mean of a figure, and a point of that load; None where no load has it."""
    able = [(value, each[0]) for each in loads if (value := mean_of(figure, each)) is not None]
    if not able:
        return None
    return max(able, key=lambda each: each[0]) if most else min(able, key=lambda each: each[0])


def best_table(points: Iterable[RecordedPoint]) -> Table | None:
    """The load of the highest RPS and of the lowest mean latency, for sweeps that had a choice of loads."""
    sweeps: dict[str, list[Repeats]] = {}
    for repeats in sound_by_load(points):
        sweeps.setdefault(repeats[0].sweep, []).append(repeats)
    rows = tuple(row for name, loads in sweeps.items() if len(loads) > 1 for row in _rows(name, loads))
    return Table(title="Best configuration", columns=_COLUMNS, rows=rows) if rows else None


def _rows(name: str, loads: Sequence[Repeats]) -> Iterator[tuple[str, ...]]:
    if found := best(loads, lambda point: point.request_throughput, most=True):
        yield name, "highest RPS", formats.load(found[1], False), f"{formats.rate(found[0])} req/s"
    if found := best(loads, lambda point: point.latency.mean, most=False):
        yield name, "lowest mean latency", formats.load(found[1], False), f"{formats.seconds(found[0])} s"

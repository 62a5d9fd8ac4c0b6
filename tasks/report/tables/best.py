"""The best of what was measured: loads are compared by the means of their repeats. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter

from tasks.measure.speed.figure import Figure
from tasks.measure.speed.figures import BY_NAME
from tasks.measure.speed.point_result import PointResult
from tasks.record.results import RecordedPoint
from tasks.report import formats
from tasks.report.report_input import Column, Table
from tasks.report.tables.repeats import mean_of, sound_by_load

Repeats = Sequence[PointResult]
BEST_BY = {
    "highest RPS": BY_NAME["request_throughput"],
    "lowest mean latency": BY_NAME["latency_mean_s"],
}
_COLUMNS = (
    Column(name="Sweep"),
    Column(name="Best by"),
    Column(name="Load", numeric=True),
    Column(name="Figure", numeric=True),
)


def best(loads: Iterable[Repeats], figure: Figure) -> tuple[float, PointResult] | None:
    """The best mean of a figure, and a point of that load; None where no load has the figure."""
    means = [(mean_of(figure, repeats), repeats[0]) for repeats in loads]
    known = [(value, point) for value, point in means if value is not None]
    if not known:
        return None
    choose = max if figure.better == "higher" else min
    return choose(known, key=itemgetter(0))


def best_table(points: Iterable[RecordedPoint]) -> Table | None:
    """The load of the highest RPS and of the lowest mean latency, for sweeps that had a choice of loads."""
    sweeps: dict[str, list[Repeats]] = {}
    for repeats in sound_by_load(points):
        sweeps.setdefault(repeats[0].sweep, []).append(repeats)
    rows = tuple(row for name, loads in sweeps.items() if len(loads) > 1 for row in _rows(name, loads))
    return Table(title="Best configuration", columns=_COLUMNS, rows=rows) if rows else None


def _rows(name: str, loads: Sequence[Repeats]) -> Iterator[tuple[str, ...]]:
    for title, figure in BEST_BY.items():
        if found := best(loads, figure):
            value, point = found
            yield (
                name,
                title,
                formats.load(point, False),
                f"{figure.notation.text(value)} {figure.notation.unit}",
            )

"""The table of a sweep's repeats: how far one measurement of a load lies from the next. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import fmean, stdev

from tasks.measure.speed.figure import Figure
from tasks.measure.speed.figures import figures_in
from tasks.measure.speed.point_result import PointResult
from tasks.record.results import RecordedPoint
from tasks.report import formats
from tasks.report.report_input import Column, Table
from tasks.stats import mean_interval

FIGURES = figures_in("repeats")
_COLUMNS = (
    Column(name="Load", numeric=True),
    Column(name="Figure"),
    Column(name="Repeats", numeric=True),
    Column(name="Mean", numeric=True),
    Column(name="SD", numeric=True),
    Column(name="95 % interval", numeric=True),
)
_NOTE = "95 % interval: of the mean over repeats, Student's t; repeats whose figures are invalid are left out"


def sound_by_load(points: Iterable[RecordedPoint]) -> list[list[PointResult]]:
    """The repeats of each load of each sweep, without those that are invalid or had no success."""
    loads: dict[tuple[str, str], list[PointResult]] = {}
    for point in points:
        if point.verdict.verdict != "invalid" and point.result.succeeded:
            key = (point.result.sweep, point.result.load.label)
            loads.setdefault(key, []).append(point.result)
    return list(loads.values())


def values_of(figure: Figure, repeats: Sequence[PointResult]) -> list[float]:
    """The figure of every repeat that has it."""
    return [value for value in (one[figure.name] for one in repeats) if value is not None]


def mean_of(figure: Figure, repeats: Sequence[PointResult]) -> float | None:
    """The mean over the repeats that have the figure; None where none has."""
    values = values_of(figure, repeats)
    return fmean(values) if values else None


def repeats_table(name: str, points: Sequence[RecordedPoint]) -> Table | None:
    """Mean, standard deviation and interval of every load measured twice or more; None where none was."""
    rows = []
    for repeats in sound_by_load(points):
        for figure in FIGURES:
            values = values_of(figure, repeats)
            if len(values) > 1:
                rows.append(_row(formats.load(repeats[0], False), figure, values))
    if not rows:
        return None
    return Table(title=f"Sweep {name} repeats", columns=_COLUMNS, rows=tuple(rows), footnotes=(_NOTE,))


def _row(load: str, figure: Figure, values: Sequence[float]) -> tuple[str, ...]:
    low, high = mean_interval(values)
    write = figure.notation.write
    interval = f"{write(max(0.0, low))} – {write(high)}"
    return (load, figure.title, str(len(values)), write(fmean(values)), write(stdev(values)), interval)

"""The rows of a chart that shows a figure over the load: one for each statistic, load and repeat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tasks.record.results import RecordedPoint
from tasks.report.charts.chart import Row
from tasks.report.charts.load_curves import REPEAT, STATISTIC, VERDICT
from tasks.report.load_repeats import Repeats, usable_repeats
from tasks.report.measured_sweep import MeasuredSweep


def usable_loads(sweep: MeasuredSweep) -> list[Repeats]:
    """Return the loads that charts show, rising: without invalid points and those without a success."""
    return sorted(usable_repeats(sweep.points), key=lambda repeats: repeats.first.load.sort_key)


def levels_of(loads: Sequence[Repeats]) -> list[float]:
    """Return the different levels of the loads, rising; none where two loads share one.

    A curve over the level would show the mean of both, as if one were a repeat of the other: of `rate: 5`
    with and without bursts, of two traces at the same speed.
    """
    labels = {(repeats.first.load.level, repeats.first.load.label) for repeats in loads}
    levels = {level for level, _ in labels}
    return sorted(levels) if len(levels) == len(labels) else []


def any_suspect(loads: Sequence[Repeats]) -> bool:
    """Return whether a point of the loads is suspect."""
    return any(repeats.suspect for repeats in loads)


def figure_rows(
    loads: Sequence[Repeats], load: str, title: str, figures: dict[str, str], factor: float = 1
) -> list[Row]:
    """Return a row for each statistic and point that has it.

    Args:
        loads: the points.
        load: the column of the load.
        title: the column of the value.
        figures: the name of the recorded figure by statistic.
        factor: converts the recorded figure into the unit of the title.
    """
    rows: list[Row] = []
    for statistic, figure in figures.items():
        for repeats in loads:
            points = (point for point in repeats.points if point.result[figure] is not None)
            rows += [_row(point, load, statistic, title, figure, factor) for point in points]
    return rows


def _row(
    point: RecordedPoint, load: str, statistic: str, title: str, figure: str, factor: float
) -> dict[str, Any]:
    result = point.result
    return {
        load: result.load.level,
        REPEAT: result.repeat,
        STATISTIC: statistic,
        title: result.known(figure) * factor,
        VERDICT: point.verdict.verdict,
    }

"""The table of a sweep's objectives: each point's bounded figures, and whether it met the bounds."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.config.objective import SUCCESS, Objective
from tasks.measure.speed.figures.figure_registry import BY_NAME
from tasks.measure.speed.figures.notation import MISSING, SECONDS
from tasks.measure.speed.figures.objectives import bounded_time, margin
from tasks.measure.speed.figures.point_result import PointResult
from tasks.report import formats
from tasks.report.measured_sweep import MeasuredSweep
from tasks.report.table import Column, Table, figure_column, with_verdicts

_THROUGHPUT, _GOODPUT = BY_NAME["request_throughput"], BY_NAME["goodput"]
_MET = {True: "yes", False: "no", None: MISSING}
_GOODPUT_NOTE = "Goodput: requests per second that each keep every bound"


def objectives_table(sweep: MeasuredSweep) -> Table | None:
    """Return a row per point with throughput, goodput and bounded figures; None without objectives."""
    judged = [point for point in sweep.points if point.result.objectives]
    points = [point.result for point in judged]
    if not points:
        return None
    bounds: dict[Objective, None] = {}
    for point in points:
        bounds.update(dict.fromkeys(point.objectives))
    columns = (
        Column(name="Load", numeric=True),
        figure_column(_THROUGHPUT),
        figure_column(_GOODPUT),
        *(Column(name=bound.bounded, unit=bound.limit, numeric=True) for bound in bounds),
        Column(name="Met"),
    )
    table = Table(
        title=f"Sweep {sweep.name} objectives",
        columns=columns,
        rows=tuple(_row(point, list(bounds), sweep.has_repeats) for point in points),
        footnotes=(_GOODPUT_NOTE, *_missing_notes(points)),
    )
    return with_verdicts(table, [point.verdict.verdict for point in judged])


def _row(point: PointResult, bounds: Sequence[Objective], with_repeat: bool) -> tuple[str, ...]:
    throughput = _THROUGHPUT.notation.text(point[_THROUGHPUT.name])
    goodput = _GOODPUT.notation.text(point[_GOODPUT.name])
    values = [_bounded_value(bound, point) for bound in bounds]
    met = _MET[point.objectives_met]
    return (formats.load_text(point, with_repeat), throughput, goodput, *values, met)


def _bounded_value(bound: Objective, point: PointResult) -> str:
    if bound.name == SUCCESS:  # rounded down, so that 1 means all; abandoned requests are neither
        ended = point.succeeded + point.failed
        return f"{10_000 * point.succeeded // ended / 10_000:g}" if ended else MISSING
    return SECONDS.text(bounded_time(bound, point))


def _missing_notes(points: Sequence[PointResult]) -> tuple[str, ...]:
    too_few = not_visible = False
    for point in points:
        for bound in point.objectives:
            if margin(bound, point) is not None:
                continue
            # Each successful request has a latency: without this latency statistic, too few succeeded.
            latency = bound.model_copy(update={"name": f"latency_{bound.statistic}_s"})
            if bounded_time(latency, point) is None:
                too_few = True
            else:
                not_visible = True
    return formats.missing_notes(
        {
            "too few requests for this figure": too_few,
            formats.TIME_NOT_VISIBLE: not_visible,
            "the point's requests are no longer recorded": any(
                point[_GOODPUT.name] is None for point in points
            ),
        }
    )

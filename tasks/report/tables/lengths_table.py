"""The table of a sweep's lengths: how long its prompts and answers were."""

from __future__ import annotations

from tasks.measure.speed.figures.figure_registry import figures_in
from tasks.measure.speed.figures.figure_type import Figure
from tasks.measure.speed.figures.point_result import PointResult
from tasks.report import formats
from tasks.report.measured_sweep import MeasuredSweep
from tasks.report.table import Column, Table, numeric_columns, with_verdicts

SIDES = ("input", "output")
_COLUMNS = (*numeric_columns("Load"), Column(name="Tokens"), *numeric_columns("Mean", "P50", "P90", "P95"))
_COLUMNS += numeric_columns("P99", "Max")


def lengths_table(sweep: MeasuredSweep) -> Table | None:
    """Return a table with two rows per point, prompts and answers; None if all have one length each."""
    if not any(_differ(result, side) for result in sweep.results for side in SIDES):
        return None
    rows = [_row(result, side, sweep.has_repeats) for result in sweep.results for side in SIDES]
    table = Table(title=f"Sweep {sweep.name} lengths", columns=_COLUMNS, rows=tuple(rows))
    return with_verdicts(table, [verdict for verdict in sweep.verdicts for _ in SIDES])


def _figures(side: str) -> list[Figure]:
    return [figure for figure in figures_in("lengths") if figure.name.startswith(f"{side}_")]


def _differ(point: PointResult, side: str) -> bool:
    mean, longest = point[f"{side}_tokens_mean"], point[f"{side}_tokens_max"]
    return mean is not None and longest is not None and round(mean, 6) != longest


def _row(point: PointResult, side: str, with_repeat: bool) -> tuple[str, ...]:
    values = (figure.notation.text(point[figure.name]) for figure in _figures(side))
    return (formats.load_text(point, with_repeat), side, *values)

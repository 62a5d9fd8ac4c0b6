"""The table of a sweep's speculative decoding."""

from __future__ import annotations

from tasks.measure.speed.figures.figure_registry import BY_NAME, figures_in
from tasks.measure.speed.figures.point_result import PointResult
from tasks.report import formats
from tasks.report.measured_sweep import MeasuredSweep
from tasks.report.table import Column, Table, figure_column, with_verdicts

_FIGURES = (*figures_in("speculation"), BY_NAME["tpot_mean_s"], BY_NAME["itl_mean_s"])
_COLUMNS = (Column(name="Load", numeric=True), *map(figure_column, _FIGURES))
_NOTES = (
    "Acceptance: accepted / drafted tokens; accepted length: tokens a draft, the model's own included",
    "TPOT is per token, ITL per chunk: a chunk may hold several tokens",
)


def speculation_table(sweep: MeasuredSweep) -> Table | None:
    """Return a table with a row per point; None if no server reported drafted tokens."""
    if not any(_drafted(result) for result in sweep.results):
        return None
    table = Table(
        title=f"Sweep {sweep.name} speculative decoding",
        columns=_COLUMNS,
        rows=tuple(_row(result, sweep.has_repeats) for result in sweep.results),
        footnotes=_NOTES,
    )
    return with_verdicts(table, sweep.verdicts)


def _drafted(point: PointResult) -> bool:
    return any(point[figure.name] is not None for figure in figures_in("speculation"))


def _row(point: PointResult, with_repeat: bool) -> tuple[str, ...]:
    values = (figure.notation.text(point[figure.name]) for figure in _FIGURES)
    return (formats.load_text(point, with_repeat), *values)

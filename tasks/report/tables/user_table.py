"""The table of what one user and one GPU get, of cache hits, and of how high a P99 may be."""

from __future__ import annotations

from tasks.measure.speed.figures.figure_registry import figures_in
from tasks.report import formats
from tasks.report.measured_sweep import MeasuredSweep
from tasks.report.table import Column, Table, figure_column, with_verdicts

_NOTE = "P99 at most: MLPerf's early-stopping estimate, at or above the true P99 in 99 of 100 measurements"


def user_table(sweep: MeasuredSweep) -> Table | None:
    """Return a row per point; None if no point has GPUs, cache hits or an estimate of a P99."""
    figures = figures_in("efficiency")
    shown = [figure for figure in figures if any(result[figure.name] for result in sweep.results)]
    if len(shown) < 2:
        return None
    rows = []
    for result in sweep.results:
        values = (figure.notation.text(result[figure.name]) for figure in shown)
        rows.append((formats.load_text(result, sweep.has_repeats), *values))
    has_estimate = any(figure.name.endswith("_sure_s") for figure in shown)
    table = Table(
        title=f"Sweep {sweep.name} efficiency",
        columns=(Column(name="Load", numeric=True), *map(figure_column, shown)),
        rows=tuple(rows),
        footnotes=(_NOTE,) if has_estimate else (),
    )
    return with_verdicts(table, sweep.verdicts)

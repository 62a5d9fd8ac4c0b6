"""The table of the steady state, for sweeps that ask for one."""

from __future__ import annotations

from tasks.measure.speed.figures.figure_registry import figures_in
from tasks.record.results import RecordedPoint
from tasks.report import formats
from tasks.report.measured_sweep import MeasuredSweep
from tasks.report.table import Column, Table, figure_column, with_verdicts

CHECK = "steady_state"
NOTE = (
    "Window: from when the requests under way first reach the load's level to when they last leave it. Its "
    "times are those of the requests that ended in it, of which Counted is the share; to its rates each "
    "request adds the share of its time in it"
)


def steady_table(sweep: MeasuredSweep) -> Table | None:
    """Return a row for each point with a steady state; None if the sweep asks for none."""
    points = [point for point in sweep.points if _asks(point) and point.result["steady_s"] is not None]
    if not points:
        return None
    figures = figures_in("steady")
    rows = []
    for point in points:
        cells = (figure.notation.text(point.result[figure.name]) for figure in figures)
        rows.append((formats.load_text(point.result, sweep.has_repeats), *cells))
    table = Table(
        title=f"Sweep {sweep.name} steady state",
        columns=(Column(name="Load", numeric=True), *map(figure_column, figures)),
        rows=tuple(rows),
        footnotes=(NOTE,),
    )
    return with_verdicts(table, [point.verdict.verdict for point in points])


def _asks(point: RecordedPoint) -> bool:
    return any(check.check == CHECK and check.limit is not None for check in point.verdict.checks)

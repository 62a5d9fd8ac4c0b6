"""The table `Saturation`: the load at which each searched sweep saturates its server."""

from __future__ import annotations

from tasks.measure.speed.figures.notation import MISSING
from tasks.plan.search import Knee
from tasks.report.report_input import ReportInput
from tasks.report.table import Column, Table, numeric_columns, text_columns, with_verdicts

_COLUMNS = (
    *text_columns("Sweep", "Load"),
    *numeric_columns("Knee", "Between"),
    Column(name="Limited by"),
    Column(name="Points", numeric=True),
)
_NOTES = (
    "Knee: the highest load worth sending; Between: the highest load that held and the lowest that did not",
    "limited by throughput: more requests at once add no throughput, or the server falls behind the rate",
)


def knee_table(report: ReportInput) -> Table | None:
    """Return a table with a row per search for saturation; None if there was no search."""
    if not report.knees:
        return None
    reasons = []
    for knee in report.knees:
        reasons += [f"{knee.sweep}: suspect: {doubt}" for doubt in knee.doubts]
    rows = tuple(_row(knee) for knee in report.knees)
    table = Table(title="Saturation", columns=_COLUMNS, rows=rows, footnotes=_NOTES, reasons=tuple(reasons))
    return with_verdicts(table, [verdict_of(knee) for knee in report.knees])


def verdict_of(knee: Knee) -> str:
    """Return whether a point on either side of a knee is suspect."""
    return "suspect" if knee.doubts else "valid"


def level_text(level: float | None) -> str:
    """Return a level of a search with four significant digits."""
    return MISSING if level is None else f"{level:.4g}"


def _row(knee: Knee) -> tuple[str, ...]:
    interval = f"{level_text(knee.low)} – {level_text(knee.high)}"
    return (knee.sweep, knee.load, level_text(knee.knee), interval, knee.reason, str(knee.points))

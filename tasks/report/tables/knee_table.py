"""The table `Saturation`: the load at which each searched sweep saturates its server."""

from __future__ import annotations

from tasks.measure.speed.figures.notation import MISSING
from tasks.plan.search import HIGHEST, THROUGHPUT, Knee
from tasks.report.report_input import ReportInput
from tasks.report.table import Column, Table, numeric_columns, text_columns, with_verdicts

_COLUMNS = (
    *text_columns("Sweep", "Load"),
    *numeric_columns("Knee", "Between"),
    Column(name="Limited by"),
    Column(name="Points", numeric=True),
)
KNEE_NOTE = (
    "Knee: the highest load worth sending; "
    "Between: the highest load below the limit, the lowest that reached it"
)
_END_NOTES = {
    (THROUGHPUT, "concurrency"): "limited by throughput, concurrency: the knee is the upper end of Between: "
    "it held, and more requests at once add no throughput",
    (THROUGHPUT, "rate"): "limited by throughput, rate: the knee is the lower end of Between: "
    "at the upper end the server falls behind",
    (HIGHEST, ""): "limited by highest level: no load up to the highest allowed reached the limit",
    ("", ""): "limited by an objective or by invalid figures: the knee is the lower end of Between: "
    "the upper end did not hold",
}
"""What each way in which a search ends says about the two loads; by reason and load."""


def knee_table(report: ReportInput) -> Table | None:
    """Return a table with a row per search for saturation; None if there was no search."""
    if not report.knees:
        return None
    reasons = []
    for knee in report.knees:
        reasons += [f"{knee.sweep}: suspect: {doubt}" for doubt in knee.doubts]
    rows = tuple(_row(knee) for knee in report.knees)
    ends = {_end_of(knee) for knee in report.knees}
    notes = (KNEE_NOTE, *(note for end, note in _END_NOTES.items() if end in ends))
    table = Table(title="Saturation", columns=_COLUMNS, rows=rows, footnotes=notes, reasons=tuple(reasons))
    return with_verdicts(table, [verdict_of(knee) for knee in report.knees])


def verdict_of(knee: Knee) -> str:
    """Return whether a point on either side of a knee is suspect."""
    return "suspect" if knee.doubts else "valid"


def _end_of(knee: Knee) -> tuple[str, str]:
    """Return the key of _END_NOTES for the way in which a search ended."""
    if knee.reason == THROUGHPUT:
        return (THROUGHPUT, knee.load)
    return (HIGHEST if knee.reason == HIGHEST else "", "")


def level_text(level: float | None) -> str:
    """Return a level of a search with four significant digits."""
    return MISSING if level is None else f"{level:.4g}"


def _row(knee: Knee) -> tuple[str, ...]:
    interval = f"{level_text(knee.low)} – {level_text(knee.high)}"
    return (knee.sweep, knee.load, level_text(knee.knee), interval, knee.reason, str(knee.points))

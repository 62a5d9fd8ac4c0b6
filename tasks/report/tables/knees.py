"""The table of what saturates a server: the answer of each search. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.plan.search import Knee
from tasks.report import formats
from tasks.report.report_input import Column, Table

_COLUMNS = (
    Column(name="Sweep"),
    Column(name="Load"),
    Column(name="Knee", numeric=True),
    Column(name="Between", numeric=True),
    Column(name="Limited by"),
    Column(name="Points", numeric=True),
)
_NOTES = (
    "Knee: the highest load worth sending, between the highest that held and the lowest that did not",
    "limited by throughput: so many at once already have all of it, or the server falls behind the rate",
)


def knee_table(knees: Sequence[Knee]) -> Table | None:
    """A row a search; None where nothing was searched for."""
    rows = tuple(
        (
            knee.sweep,
            knee.load,
            _level(knee.knee),
            f"{_level(knee.low)} – {_level(knee.high)}",
            knee.reason,
            str(knee.points),
        )
        for knee in knees
    )
    doubts = tuple(f"{knee.sweep}: suspect: {doubt}" for knee in knees for doubt in knee.doubts)
    notes = (*_NOTES, *doubts)
    return Table(title="Saturation", columns=_COLUMNS, rows=rows, footnotes=notes) if rows else None


def _level(value: float | None) -> str:
    return formats.NONE if value is None else f"{value:.4g}"

"""The table of the series that have too few runs for a trend: a row each instead of a table each."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean

from tasks.measure.speed.figures.figure_registry import BY_NAME
from tasks.measure.speed.figures.notation import MISSING
from tasks.report.comparison.comparison_notes import SUSPECT_MARK
from tasks.report.table import Column, Table, fold_equal_columns, text_columns, without_columns
from tasks.report.trend.change_points import ENOUGH_RUNS
from tasks.report.trend.figure_series import FigureSeries

SUSPECT_NOTE = f"{SUSPECT_MARK}: suspect points are among these"
NO_HARDWARE = "no hardware is recorded: these may be runs of different machines"
OBJECTIVES = "Objectives"
_FOLDED = ("Spec", "Model", "Hardware")
"""Columns that become a footnote if all series have the same."""


def short_series_table(series: Sequence[FigureSeries]) -> Table:
    """Return a row for each series; they are of one figure, and there is at least one."""
    figure = BY_NAME[series[0].figure]
    table = Table(
        title=f"{figure.title}: too few runs for a trend",
        columns=(
            *text_columns(*_FOLDED, "Sweep", "Load", OBJECTIVES),
            Column(name="Runs", numeric=True),
            Column(name="Mean", unit=figure.notation.unit, numeric=True),
        ),
        rows=tuple(map(_row, series)),
        footnotes=(f"a change is found from {ENOUGH_RUNS} runs on", *_notes(series)),
    )
    if not any(one.key.objectives for one in series):
        table = without_columns(table, {OBJECTIVES})
    return fold_equal_columns(table, _FOLDED)


def _row(series: FigureSeries) -> tuple[str, ...]:
    mean = BY_NAME[series.figure].notation.text(fmean(run.mean for run in series.runs))
    mark = f" {SUSPECT_MARK}" if any(run.suspect for run in series.runs) else ""
    return (*(part or MISSING for part in series.key), str(len(series.runs)), f"{mean}{mark}")


def _notes(series: Sequence[FigureSeries]) -> list[str]:
    notes = [] if all(one.key.hardware for one in series) else [NO_HARDWARE]
    if any(run.suspect for one in series for run in one.runs):
        notes.append(SUSPECT_NOTE)
    return notes

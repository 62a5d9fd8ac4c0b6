"""The table of a sweep's repeats: how much the measurements of one load differ."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean, stdev

from tasks.measure.speed.figures.figure_registry import figures_in
from tasks.measure.speed.figures.figure_type import Figure
from tasks.report import formats
from tasks.report.load_repeats import usable_repeats, values_of
from tasks.report.measured_sweep import MeasuredSweep
from tasks.report.table import Column, Table, numeric_columns, with_verdicts
from tasks.stats import mean_interval

_FIGURES = figures_in("repeats")
_COLUMNS = (
    Column(name="Load", numeric=True),
    Column(name="Figure"),
    *numeric_columns("Repeats", "Mean", "SD", "95 % interval"),
)
_NOTE = "95 % interval: of the mean over repeats, Student's t; invalid repeats are left out"
_SUSPECT_NOTE = "suspect: at least one repeat of the load is"


def repeats_table(sweep: MeasuredSweep) -> Table | None:
    """Return mean, SD and interval for each load with two repeats or more; None without such a load."""
    rows, verdicts = [], []
    for repeats in usable_repeats(sweep.points):
        for figure in _FIGURES:
            values = values_of(figure, repeats)
            if len(values) > 1:
                rows.append(_row(formats.load_text(repeats.first), figure, values))
                verdicts.append("suspect" if repeats.suspect else "valid")
    if not rows:
        return None
    notes = (_NOTE, _SUSPECT_NOTE) if "suspect" in verdicts else (_NOTE,)
    title = f"Sweep {sweep.name} repeats"
    table = Table(title=title, columns=_COLUMNS, rows=tuple(rows), footnotes=notes)
    return with_verdicts(table, verdicts)


def _row(load: str, figure: Figure, values: Sequence[float]) -> tuple[str, ...]:
    low, high = mean_interval(values)
    write = figure.notation.write
    interval = f"{write(max(0.0, low))} – {write(high)}"
    return (load, figure.title, str(len(values)), write(fmean(values)), write(stdev(values)), interval)

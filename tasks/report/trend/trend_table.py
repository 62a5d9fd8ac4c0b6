"""The tables of a trend: a row for each level of a figure, with its change and what changed with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import fmean

from tasks.measure.speed.figures.figure_registry import BY_NAME
from tasks.measure.speed.figures.figure_type import Figure
from tasks.record.read_run import recorded_run
from tasks.record.store import Store
from tasks.report.comparison.change import Change, speed_change
from tasks.report.comparison.change_text import percent_text
from tasks.report.comparison.compared_run import ComparedRun
from tasks.report.comparison.comparison_notes import SUSPECT_MARK
from tasks.report.comparison.difference_table import difference_table
from tasks.report.report_input import ReportInput
from tasks.report.table import Column, Table
from tasks.report.trend.change_points import ENOUGH_RUNS, LEVEL
from tasks.report.trend.figure_series import FigureSeries, SeriesRun
from tasks.report.trend.short_series import NO_HARDWARE, SUSPECT_NOTE, short_series_table

_LEVELS = f"{100 * LEVEL:g} %"


def trend_tables(store: Store, series: Sequence[FigureSeries]) -> tuple[Table, ...]:
    """Return a table for each series of a figure, then one for all that are too short to show a change.

    Raises:
        RecordError: the table of runs cannot be read.
    """
    short = [one for one in series if len(one.runs) < ENOUGH_RUNS and not one.changes]
    tables = [trend_table(store, one) for one in series if one not in short]
    if short:
        tables.append(short_series_table(short))
    return tuple(tables)


def trend_table(store: Store, series: FigureSeries) -> Table:
    """Return the table of one series.

    Raises:
        RecordError: the table of runs cannot be read.
    """
    figure, segments = BY_NAME[series.figure], series.segments
    rows = [_row(figure, segments[0], "", "")]
    for before, after in pairwise(segments):
        change = speed_change([run.mean for run in before], [run.mean for run in after])
        text = "" if change is None else f"{percent_text(change)}{_direction(figure, change)}"
        rows.append(_row(figure, after, text, _differences(store, before[-1], after[0])))
    return Table(
        title=f"{figure.title}: {series.key.text}",
        columns=(
            Column(name="Since run"),
            Column(name="Runs", numeric=True),
            Column(name="Mean", unit=figure.notation.unit, numeric=True),
            Column(name="Change", numeric=True),
            Column(name="Differs from the run before"),
        ),
        rows=tuple(rows),
        footnotes=(*_notes(series), *_version_notes(series)),
    )


def _row(figure: Figure, runs: tuple[SeriesRun, ...], change: str, differences: str) -> tuple[str, ...]:
    mean = figure.notation.text(fmean(run.mean for run in runs))
    mark = f" {SUSPECT_MARK}" if any(run.suspect for run in runs) else ""
    return (runs[0].run_id, str(len(runs)), f"{mean}{mark}", change, differences)


def _direction(figure: Figure, change: Change) -> str:
    if figure.better is None:
        return ""
    is_better = (change.difference > 0) == (figure.better == "higher")
    return " better" if is_better else " worse"


def _differences(store: Store, before: SeriesRun, after: SeriesRun) -> str:
    """Return the settings that differ between two runs."""
    runs = [recorded_run(store, run.run_id) for run in (before, after)]
    table = difference_table([ComparedRun(report=ReportInput(run=run, results_path="")) for run in runs])
    return "; ".join(f"{name} {old} → {new}" for name, old, new in table.rows)


def _notes(series: FigureSeries) -> Iterator[str]:
    if series.changes:
        yield f"±: 95 % interval of the change. Of series without a change, {_LEVELS} show one by chance"
    else:
        yield f"no change among {len(series.runs)} runs"
    if not series.key.hardware:  # imported, or measured on a server elsewhere
        yield NO_HARDWARE
    if any(run.suspect for run in series.runs):
        yield SUSPECT_NOTE


def _version_notes(series: FigureSeries) -> Iterator[str]:
    """Name each new version of the engine that brought no change."""
    changed = {change.position for change in series.changes}
    for position, (before, after) in enumerate(pairwise(series.runs), 1):
        if after.engine_version != before.engine_version and position not in changed:
            versions = f"{before.engine_version} → {after.engine_version}"
            yield f"engine version {versions} since {after.run_id}: no change"

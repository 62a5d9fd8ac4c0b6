"""The tables of a comparison: the runs' settings that differ, their knees, speed and scores."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain

from tasks.config.datasets import WHOLE
from tasks.measure.speed.figures.notation import MISSING
from tasks.report import formats
from tasks.report.comparison.change import Change
from tasks.report.comparison.change_text import percent_text, points_text
from tasks.report.comparison.compare_scores import ScoreKey, compare_scores
from tasks.report.comparison.compare_speed import compare_speed, repeats_by_load
from tasks.report.comparison.compared_run import LETTERS, ComparedRun
from tasks.report.comparison.comparison_notes import (
    SUSPECT_MARK,
    change_notes,
    failed_notes,
    imported_notes,
    mcnemar_notes,
    other_question_notes,
    shared_point_notes,
    shared_score_notes,
    suspect_notes,
    unpaired_notes,
)
from tasks.report.comparison.definition_table import definition_table
from tasks.report.comparison.difference_table import difference_table
from tasks.report.comparison.knee_comparison_table import knee_comparison_table
from tasks.report.comparison.regressions import missing_figures
from tasks.report.comparison.work_notes import work_notes
from tasks.report.table import Column, Table, numeric_columns, text_columns, without_columns
from tasks.report.tables.score_table import SET_COLUMN
from tasks.report.tables.sweep_table import load_column

_SCORE_COLUMNS = text_columns(SET_COLUMN, "Subset", "Metric")


def comparison_tables(runs: Sequence[ComparedRun]) -> tuple[Table, ...]:
    """Return every table that has a row. Every change is relative to the first run."""
    settings = (difference_table(runs), definition_table(runs))
    tables = (*settings, knee_comparison_table(runs), speed_table(runs), score_table(runs))
    return tuple(table for table in tables if table.rows)


def speed_table(runs: Sequence[ComparedRun]) -> Table:
    """Return a table with a row for each figure of each load and a column for each run."""
    comparisons = compare_speed(runs)
    rows, changes = [], list[Change | None]()
    for comparison in comparisons:
        cells = _cells(comparison.means, comparison.changes, comparison.figure.notation.write, percent_text)
        cells = [_marked(cell, suspect) for cell, suspect in zip(cells, comparison.suspect, strict=True)]
        rows.append((comparison.key.sweep, comparison.key.load, comparison.figure.title, *cells))
        changes += comparison.changes
    notes = (
        *suspect_notes(comparisons),
        *change_notes(changes),
        *work_notes(runs),
        *shared_point_notes(runs),
        *missing_figures(runs),
    )
    columns = (Column(name="Sweep"), _load_column(runs), Column(name="Figure"), *_run_columns(runs))
    return Table(title="Speed side by side", columns=columns, rows=tuple(rows), footnotes=notes)


def score_table(runs: Sequence[ComparedRun]) -> Table:
    """Return a table with a row for each score and a column for each run."""
    comparisons = compare_scores(runs)
    imported = [run.report.run.manifest.source is not None for run in runs]
    rows, changes = [], list[Change | None]()
    for comparison in comparisons:
        cells = _cells(comparison.values, comparison.changes, formats.score_text, points_text)
        marks = zip(cells, imported, comparison.failed, strict=True)
        cells = [_marked(cell, source or failed > 0) for cell, source, failed in marks]
        rows.append((*_score_cells(comparison.key), *cells))
        changes += [change for change in comparison.changes if change and change.questions]
    notes = (
        *imported_notes(runs),
        *failed_notes(comparisons),
        *unpaired_notes(comparisons),
        *change_notes(changes),
        *mcnemar_notes(comparisons),
        *other_question_notes(runs, comparisons),
        *shared_score_notes(runs),
    )
    columns = (*_SCORE_COLUMNS, *_run_columns(runs))
    table = Table(title="Accuracy side by side", columns=columns, rows=tuple(rows), footnotes=notes)
    return without_columns(table, {"Subset"}) if all(row[1] == MISSING for row in rows) else table


def _score_cells(key: ScoreKey) -> tuple[str, ...]:
    return (key.dataset, MISSING if key.subset == WHOLE else key.subset, key.metric)


def _load_column(runs: Sequence[ComparedRun]) -> Column:
    loads = chain.from_iterable(repeats_by_load(run).values() for run in runs)
    return load_column(repeats.first for repeats in loads)


def _marked(cell: str, suspect: bool) -> str:
    return f"{cell} {SUSPECT_MARK}" if suspect and cell != MISSING else cell


def _run_columns(runs: Sequence[ComparedRun]) -> tuple[Column, ...]:
    return numeric_columns(*LETTERS[: len(runs)])


def _cells(
    values: Sequence[float | None],
    changes: Sequence[Change | None],
    value_text: Callable[[float], str],
    change_text: Callable[[Change], str],
) -> list[str]:
    """Return a cell for each run: the value, then the change in parentheses."""
    cells = []
    for value, change in zip(values, changes, strict=True):
        if value is None:
            cells.append(MISSING)
        elif change is None:
            cells.append(value_text(value))
        else:
            cells.append(f"{value_text(value)} ({change_text(change)})")
    return cells

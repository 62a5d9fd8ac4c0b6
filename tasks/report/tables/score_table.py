"""The table `Accuracy`: every score of every question set."""

from __future__ import annotations

from tasks.config.datasets import WHOLE
from tasks.measure.accuracy.scores import Score
from tasks.measure.speed.figures.notation import MISSING
from tasks.record.results import RecordedAccuracy
from tasks.report import formats
from tasks.report.report_input import ReportInput
from tasks.report.table import Table, numeric_columns, text_columns, without_columns
from tasks.report.tables.under_load_table import NOT_HELD

TITLE = "Accuracy"
SET_COLUMN = "Question set"
_COLUMNS = (
    *text_columns("Model", SET_COLUMN, "Subset", "Metric"),
    *numeric_columns("Num", "Score", "95 % CI", "Failed", "Truncated"),
    *text_columns("Source"),
)
_REPEATS_NOTE = "Num: questions × answers to each"
_IMPORTED_NOTE = "imported: no check of servegauge confirms these scores, and failed answers may not count"
_NOT_HELD_NOTE = f"{NOT_HELD}: the load was not held, see Accuracy under load"


def score_table(report: ReportInput) -> Table | None:
    """Return a table with a row per score and its interval; None without scores.

    Without a set that is divided into subsets, the table has no column for them.
    """
    rows, has_repeats = [], False
    for accuracy in report.accuracy:
        for score in accuracy.scores:
            rows.append(_row(report, score, accuracy))
            has_repeats = has_repeats or score.repeats > 1
    if not rows:
        return None
    not_held = any(score.less_load for accuracy in report.accuracy for score in accuracy.scores)
    notes = {
        _REPEATS_NOTE: has_repeats,
        _NOT_HELD_NOTE: not_held,
        _IMPORTED_NOTE: report.run.manifest.source is not None,
    }
    footnotes = tuple(note for note, holds in notes.items() if holds)
    table = Table(title=TITLE, columns=_COLUMNS, rows=tuple(rows), footnotes=footnotes)
    return without_columns(table, {"Subset"}) if all(row[2] == MISSING for row in rows) else table


def _row(report: ReportInput, score: Score, accuracy: RecordedAccuracy) -> tuple[str, ...]:
    repeats = f" × {score.repeats}" if score.repeats > 1 else ""
    return (
        report.run.manifest.model,
        score.dataset,
        MISSING if score.subset == WHOLE else score.subset,
        score.metric,
        f"{score.questions}{repeats}",
        formats.score_text(score.value) + (f" {NOT_HELD}" if score.less_load else ""),
        formats.interval_text(score.ci_low, score.ci_high),
        str(score.failed),
        MISSING if score.truncated is None else str(score.truncated),
        formats.source_text(accuracy.run_id, report.run.run_id, report.run.manifest.source),
    )

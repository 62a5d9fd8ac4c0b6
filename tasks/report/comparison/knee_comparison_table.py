"""The table `Saturation` of a comparison: the knee of each search, and its change since the first run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tasks.measure.speed.figures.notation import MISSING
from tasks.plan.search import Knee
from tasks.report.comparison.compare_knees import KneeAgainstBase, KneeComparison, compare_knees
from tasks.report.comparison.compared_run import LETTERS, ComparedRun
from tasks.report.comparison.comparison_notes import SUSPECT_MARK
from tasks.report.comparison.knee_change import between_text, level_words
from tasks.report.comparison.knee_notes import knee_notes
from tasks.report.table import Column, Table, fold_equal_columns, text_columns

NOT_COMPARED = "not compared"
_COLUMNS = (
    *text_columns("Sweep", "Run"),
    Column(name="Knee", numeric=True, words=True),
    Column(name="Against A", numeric=True, words=True),
    Column(name="Between", numeric=True),
    *text_columns("Load", "Limited by"),
)
"""What is looked for first stands first: a narrow screen shows four columns."""


def knee_comparison_table(runs: Sequence[ComparedRun]) -> Table:
    """Return a table of each sweep that at least two runs searched, with a row for each of these runs.

    Runs are rows, and a kind of load that all have is a footnote, so that the table fits into 80 characters.
    """
    comparisons = compare_knees(runs)
    rows = tuple(row for comparison in comparisons for row in _rows(comparison))
    notes = tuple(knee_notes(runs, comparisons))
    table = Table(title="Saturation", columns=_COLUMNS, rows=rows, footnotes=notes)
    return fold_equal_columns(table, {"Load"})


def _rows(comparison: KneeComparison) -> Iterator[tuple[str, ...]]:
    for letter, knee, against in zip(LETTERS, comparison.knees, comparison.against_base, strict=False):
        if knee is not None:
            change = MISSING if letter == LETTERS[0] else _change_text(against)
            answer = (_knee_text(knee), change, between_text(knee))
            yield (comparison.sweep, letter, *answer, knee.load, knee.reason)


def _knee_text(knee: Knee) -> str:
    return f"{level_words(knee)} {SUSPECT_MARK}" if knee.doubts else level_words(knee)


def _change_text(against: KneeAgainstBase) -> str:
    if against.unequal:
        return NOT_COMPARED
    return MISSING if against.change is None else against.change.text

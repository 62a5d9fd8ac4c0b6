"""The table `Accuracy under load`: whether answers change while other requests are under way."""

from __future__ import annotations

from tasks.measure.accuracy.load_held import ENOUGH
from tasks.measure.accuracy.scores import Score
from tasks.measure.speed.figures.notation import MISSING
from tasks.report import formats
from tasks.report.comparison.change_text import points_text
from tasks.report.comparison.comparison_notes import change_notes
from tasks.report.comparison.load_change import LoadChange, load_changes
from tasks.report.report_input import ReportInput
from tasks.report.table import Table, numeric_columns, text_columns

NOT_HELD = "!"
"""The mark of a score whose load was not held."""
_COLUMNS = (
    *text_columns("Score"),
    *numeric_columns("Load", "Mean", "Min", "Without", "Under load", "Difference"),
)
_NOTE = "Mean, Min: other requests under way while the questions were asked"


def under_load_table(report: ReportInput) -> Table | None:
    """Return a table with a row per score under load; None where no set has a load."""
    found = load_changes(report)
    if not found:
        return None
    return Table(
        title="Accuracy under load",
        columns=_COLUMNS,
        rows=tuple(_row(each) for each in found),
        footnotes=(
            _NOTE,
            *change_notes([each.change for each in found]),
            *(line for each in found for line in _notes(each)),
        ),
    )


def _row(found: LoadChange) -> tuple[str, ...]:
    loaded, quiet, change = found
    mark = f" {NOT_HELD}" if loaded.less_load else ""
    return (
        _name(loaded),
        str(loaded.under_load),
        MISSING if loaded.others_mean is None else f"{loaded.others_mean:.1f}",
        MISSING if loaded.others_min is None else str(loaded.others_min),
        MISSING if quiet is None else formats.score_text(quiet.value),
        f"{formats.score_text(loaded.value)}{mark}",
        MISSING if change is None else points_text(change),
    )


def _notes(found: LoadChange) -> list[str]:
    loaded, quiet, change = found
    name, notes = _name(loaded), []
    if loaded.less_load:
        answers = f"{loaded.less_load} of {loaded.questions * loaded.repeats} answers"
        notes.append(
            f"{NOT_HELD} {name}: the load was not held: during {answers} fewer than {ENOUGH:.0%} of the "
            f"{loaded.under_load} requests were under way"
        )
    if quiet is None:
        notes.append(f"{name}: the run has no score of the same set without load to compare with")
    if change is not None and change.p is not None:
        notes.append(f"{name}: over {change.questions} questions, McNemar's p = {change.p:.3f}")
    return notes


def _name(score: Score) -> str:
    return formats.score_name(score.dataset, score.subset)

"""The table of scores under load, and their change from the scores without load."""

from __future__ import annotations

from tasks.record.results import QuestionShare, RecordedAccuracy
from tasks.report.report_input import ReportInput
from tasks.report.tables.score_table import score_table
from tasks.report.tables.under_load_table import under_load_table
from tests.record import made_up
from tests.report.made_up import cells, report

LOADED = {
    "dataset": "aime25-load50",
    "value": 0.4,
    "under_load": 50,
    "others_mean": 49.64,
    "others_min": 47,
    "less_load": 0,
}


def scores(*, quiet_asks: str = "the same", **fields: object) -> tuple[RecordedAccuracy, ...]:
    """A set of ten questions without load, and one with load; fields of the loaded score as keywords."""
    quiet = made_up.score("default").model_copy(update={"asks": quiet_asks, "repeats": 1, "failed": 0})
    loaded = quiet.model_copy(update=LOADED | {"asks": "the same"} | fields)
    return tuple(RecordedAccuracy(scores=(score,), run_id="run-1") for score in (quiet, loaded))


def loaded_report(accuracy: tuple[RecordedAccuracy, ...]) -> ReportInput:
    """Without load the first five questions are answered rightly, with load the first one is not."""
    shares = [
        QuestionShare(dataset=name, subset="default", question=number, target="7", answers=1, share=right)
        for name, wrong in (("aime25", ()), ("aime25-load50", (0,)))
        for number, right in ((number, float(number < 5 and number not in wrong)) for number in range(10))
    ]
    return report(accuracy=accuracy, shares=tuple(shares))


def test_the_change_is_paired_by_question() -> None:
    table = under_load_table(loaded_report(scores()))
    assert table is not None
    assert table.rows == (("aime25-load50", "50", "49.6", "47", "0.500", "0.400", "-0.100 ± 0.226 ≈"),)
    assert table.footnotes[-1] == "aime25-load50: over 10 questions, McNemar's p = 1.000"


def test_a_load_that_was_not_held_marks_the_score() -> None:
    held = loaded_report(scores(less_load=3, others_min=12))
    table, all_scores = under_load_table(held), score_table(held)
    assert table is not None
    assert all_scores is not None
    assert cells(table, "Under load") == ["0.400 !"]
    assert "during 3 of 10 answers fewer than 95% of the 50 requests" in " ".join(table.footnotes)
    assert cells(all_scores, "Score") == ["0.500", "0.400 !"]
    assert "the load was not held" in all_scores.footnotes[-1]


def test_without_a_score_to_compare_with_there_is_no_difference() -> None:
    table = under_load_table(loaded_report(scores(quiet_asks="something else")))
    assert table is not None
    assert cells(table, "Without") == cells(table, "Difference") == ["–"]
    assert "no score of the same set without load" in table.footnotes[-1]


def test_without_load_there_is_no_table() -> None:
    assert under_load_table(report()) is None

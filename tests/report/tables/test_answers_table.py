"""The tables of the answers behind the scores."""

from __future__ import annotations

import pytest

from tasks.record.results import DisputedAnswer, RecordedAccuracy
from tasks.report.page.chinese import in_chinese
from tasks.report.tables.answers_table import MOST_LISTED, answers_table, disputed_table
from tests.record import made_up
from tests.report.made_up import cells, report

FIGURES = {
    "empty": 1,
    "unparsable": 2,
    "second_value": 0.6,
    "disagreements": 3,
    "pass_at_k": 0.7,
    "cons_at_k": 0.55,
    "all_at_k": 0.3,
    "repeats_needed": 44,
    "output_tokens_per_correct": 812.4,
}


def accuracy(**fields: object) -> tuple[RecordedAccuracy, ...]:
    """One set with one score."""
    score = made_up.score("default").model_copy(update=FIGURES | fields)
    return (RecordedAccuracy(scores=(score,), run_id="run-1"),)


def test_a_score_shows_its_answers_and_that_it_is_incomplete() -> None:
    table = answers_table(report(accuracy=accuracy()))
    assert table is not None
    assert table.rows == (("aime25", "0.700", "0.550", "0.300", "1", "2", "0.600", "3", "812"),)
    assert table.footnotes[-2].startswith("aime25: two runs need 44 repeats each to tell 3 points from noise")
    assert table.footnotes[-1].startswith("aime25 is incomplete: 1 of 20 answers are missing")


def test_one_answer_a_question_has_no_columns_for_several() -> None:
    table = answers_table(report(accuracy=accuracy(repeats=1, failed=0)))
    assert table is not None
    assert "pass@k" not in [column.name for column in table.columns]
    assert "incomplete" not in " ".join(table.footnotes)


@pytest.mark.parametrize(
    ("repeats", "needed", "text"),
    [(1, 1, "at most 1 repeat each"), (1, 2, "at most 2 repeats each"), (2, 1, "need 1 repeat each")],
)
def test_the_note_on_repeats_counts_one_repeat_as_one(repeats: int, needed: int, text: str) -> None:
    table = answers_table(report(accuracy=accuracy(repeats=repeats, repeats_needed=needed)))
    assert table is not None
    (note,) = [note for note in table.footnotes if "two runs need" in note]
    assert text in note
    assert "重复" in str(in_chinese(note))


@pytest.mark.parametrize("fields", [{"repeats_needed": None}, {"value": 0.0, "repeats_needed": 1}])
def test_answers_that_are_all_alike_have_no_note_on_repeats(fields: dict[str, object]) -> None:
    table = answers_table(report(accuracy=accuracy(**fields)))
    assert table is not None
    assert "two runs need" not in " ".join(table.footnotes)


def test_scores_of_earlier_versions_have_no_such_table() -> None:
    assert answers_table(report()) is None
    assert disputed_table(report()) is None


def test_disputed_answers_are_listed_up_to_a_number() -> None:
    answers = tuple(
        DisputedAnswer(
            dataset="aime25",
            question=number,
            repeat=0,
            target="70",
            answer="m+n=70" if number else None,
            correct=False,
            second_answer="7" * 100,
            finish_reason="stop",
        )
        for number in range(MOST_LISTED + 2)
    )
    table = disputed_table(report(disputed=answers))
    assert table is not None
    assert cells(table, "Question")[:2] == ["0 #1", "1 #1"]
    assert cells(table, "EvalScope read")[:2] == ["–", "m+n=70"]
    assert len(cells(table, "Grader 2 read")[0]) == 40
    assert table.footnotes[0].startswith("2 more:")

"""Scores and intervals against published and hand-computed values."""

from __future__ import annotations

from math import ceil

import pytest

from tasks.config.question_set import QuestionSet
from tasks.measure.accuracy.scores import score_rows
from tests.measure.accuracy.made_up import sample

QUESTIONS = QuestionSet(path="/questions/mine")


def test_scores_come_per_subset_and_overall() -> None:
    rows = [sample(0, True, subset="A"), sample(1, False, subset="A"), sample(2, True, subset="B")]
    scores = score_rows(QUESTIONS, rows)
    assert [(score.subset, score.questions) for score in scores] == [("A", 2), ("B", 1), ("OVERALL", 3)]
    assert [score.value for score in scores] == pytest.approx([0.5, 1.0, 2 / 3])
    assert {(score.dataset, score.metric) for score in scores} == {("mine", "AveragePass@1")}


def test_one_subset_is_one_score() -> None:
    scores = score_rows(QUESTIONS, [sample(0, True), sample(1, False)])
    assert [(score.questions, score.value) for score in scores] == [(2, 0.5)]


def test_a_score_names_its_set_and_its_combination() -> None:
    grid = QuestionSet(path="/questions/mine", generation={"reasoning_effort": ("low", "high")})
    scores = [score_rows(asked, [sample(0, True)])[0] for asked in grid.combinations()]
    names = [(score.dataset, score.question_set, score.combination) for score in scores]
    assert names == [("mine-low", "mine", "low"), ("mine-high", "mine", "high")]
    assert score_rows(QUESTIONS, [sample(0, True)])[0].combination == ""


def test_a_score_tells_right_answers_and_their_mean_length() -> None:
    rows = [sample(0, True, output_tokens=100), sample(1, False, output_tokens=200)]
    failed = sample(2, False, error="HTTP 500", output_tokens=None)
    (score,) = score_rows(QUESTIONS, [*rows, failed])
    assert (score.correct, score.output_tokens_mean) == (1, 150)
    (unknown,) = score_rows(QUESTIONS, [*rows, sample(3, True, output_tokens=None)])
    assert unknown.output_tokens_mean is None


def test_no_rows_have_no_scores() -> None:
    assert score_rows(QUESTIONS, []) == ()


def test_failed_and_truncated_samples_are_counted() -> None:
    rows = [
        sample(0, True),
        sample(0, False, repeat=1, error="HTTP 500"),
        sample(1, False, finish_reason="length"),
        sample(1, True, repeat=1),
    ]
    overall = score_rows(QUESTIONS, rows)[-1]
    assert (overall.value, overall.failed, overall.truncated, overall.repeats) == (0.5, 1, 1, 2)


def test_empty_unparsable_and_disputed_answers_are_counted() -> None:
    rows = [
        sample(0, False, answer=None, response=" ", second_correct=False),
        sample(1, False, answer=None, response="I do not know", second_correct=False),
        sample(2, False, answer="m+n=42", response="x", second_answer="42", second_correct=True),
        sample(3, True, response="42", second_answer="42", second_correct=True),
    ]
    (score,) = score_rows(QUESTIONS, rows)
    assert (score.empty, score.unparsable, score.disagreements) == (1, 1, 1)
    assert (score.value, score.second_value) == (0.25, 0.5)


@pytest.mark.parametrize(
    ("response", "share"),
    [("… so far 12 and 7", 1.0), (r"\boxed{7} and then", 0.0)],
    ids=["ends in a number", "marks its answer"],
)
def test_what_a_cut_off_answer_ends_in_is_no_vote(response: str, share: float) -> None:
    cut_off = [
        sample(0, False, repeat=repeat, response=response, finish_reason="length") for repeat in (1, 2)
    ]
    (score,) = score_rows(QUESTIONS, [sample(0, True, response=r"\boxed{42}"), *cut_off])
    assert (score.pass_at_k, score.cons_at_k) == (1, share)
    assert score.value == pytest.approx(1 / 3)


def test_answers_to_one_question_are_taken_together() -> None:
    judged = {0: "1111", 1: "1100", 2: "1000", 3: "0000"}  # the wrong answers to a question are equal
    rows = [
        sample(question, mark == "1", repeat=repeat, response="x")
        for question, marks in judged.items()
        for repeat, mark in enumerate(marks)
    ]
    (score,) = score_rows(QUESTIONS, rows)
    assert score.value == 7 / 16
    assert (score.pass_at_k, score.cons_at_k, score.all_at_k) == (0.75, (1 + 0.5) / 4, 0.25)
    within = (4 / 12 + 3 / 12) / 4  # variances 0, 1/3, 1/4, 0
    assert score.repeats_needed == ceil(2 * within / 4 * (2.8016 / 0.03) ** 2)


def test_a_score_between_right_and_wrong_is_averaged() -> None:
    (score,) = score_rows(QUESTIONS, [sample(0, False, score=0.5), sample(1, True, score=1.0)])
    assert score.value == 0.75


def test_tokens_and_seconds_count_for_each_right_answer() -> None:
    failed = sample(2, False, error="HTTP 500", output_tokens=None, latency_s=None)
    rows = [sample(0, True, output_tokens=30), sample(1, False, output_tokens=50), failed]
    (score,) = score_rows(QUESTIONS, rows)
    assert (score.output_tokens_per_correct, score.seconds_per_correct) == (80, 2)
    (unknown,) = score_rows(QUESTIONS, [sample(0, True, output_tokens=None)])
    assert unknown.output_tokens_per_correct is None
    (none_right,) = score_rows(QUESTIONS, [sample(0, False)])
    assert none_right.seconds_per_correct is None

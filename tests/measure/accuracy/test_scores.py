"""Scores and intervals against published and hand-computed values."""

from __future__ import annotations

import pytest

from tasks.config.question_set import QuestionSet
from tasks.measure.accuracy.scores import interval, score_rows, wilson
from tests.measure.accuracy.made_up import sample

QUESTIONS = QuestionSet(path="/questions/mine")


def test_wilson_gives_the_textbook_values() -> None:
    assert wilson(0.8, 30) == pytest.approx((0.6269, 0.9050), abs=5e-4)
    assert wilson(0.0, 10) == pytest.approx((0.0, 0.2775), abs=5e-4)
    assert wilson(1.0, 10) == pytest.approx((0.7225, 1.0), abs=5e-4)


def test_with_repeats_each_question_counts_once() -> None:
    # means 1, 1, 0.5, 0: mean 0.625, standard deviation 0.4787, t(3) 3.182
    low, high = interval([1.0, 1.0, 0.5, 0.0], repeats=2)
    assert low == 0.0
    assert high == 1.0
    low, high = interval([0.5, 0.75] * 15, repeats=4)
    half = 2.045 * 0.12713 / 30**0.5
    assert (low, high) == pytest.approx((0.625 - half, 0.625 + half), abs=1e-3)


def test_equal_means_do_not_give_an_empty_interval() -> None:
    low, high = interval([1.0] * 8, repeats=4)
    assert low < 0.7
    assert high == 1.0


def test_scores_come_per_subset_and_overall() -> None:
    rows = [sample(0, True, subset="A"), sample(1, False, subset="A"), sample(2, True, subset="B")]
    scores = score_rows(QUESTIONS, rows)
    assert [(score.subset, score.questions) for score in scores] == [("A", 2), ("B", 1), ("OVERALL", 3)]
    assert [score.value for score in scores] == pytest.approx([0.5, 1.0, 2 / 3])
    assert {(score.dataset, score.metric) for score in scores} == {("mine", "AveragePass@1")}


def test_one_subset_is_one_score() -> None:
    scores = score_rows(QUESTIONS, [sample(0, True), sample(1, False)])
    assert [(score.questions, score.value) for score in scores] == [(2, 0.5)]


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

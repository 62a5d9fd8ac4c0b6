"""Intervals against published and hand-computed values; their coverage is measured in benchmarks/."""

from __future__ import annotations

import pytest

from tasks.measure.accuracy.intervals import interval, repeats_to_tell, wilson


def test_wilson_gives_the_textbook_values() -> None:
    assert wilson(0.8, 30) == pytest.approx((0.6269, 0.9050), abs=5e-4)
    assert wilson(0.0, 10) == pytest.approx((0.0, 0.2775), abs=5e-4)
    assert wilson(1.0, 10) == pytest.approx((0.7225, 1.0), abs=5e-4)


def test_one_answer_a_question_is_wilsons_interval() -> None:
    assert interval([1.0] * 24 + [0.0] * 6, [1] * 30) == wilson(0.8, 30)


def test_with_repeats_the_spread_of_the_questions_decides() -> None:
    # mean 0.625, standard deviation of the means 0.12713, so as many answers as give this standard error,
    # but no more than there are
    assert interval([0.5, 0.75] * 15, [4] * 30) == pytest.approx(wilson(0.625, 120, 2.04523), abs=1e-6)
    # all answers to a question are equal: 8 answers tell no more than 1 does
    clustered, single = interval([1.0] * 24 + [0.0] * 6, [8] * 30), wilson(0.8, 30)
    assert clustered == pytest.approx(single, abs=0.01)


def test_equal_means_do_not_give_an_empty_interval() -> None:
    low, high = interval([1.0] * 8, [4] * 8)
    assert low < 0.7
    assert high == 1.0


def test_graded_scores_use_their_own_spread() -> None:
    low, high = interval([0.5, 0.52, 0.48, 0.5] * 25, [1] * 100)
    assert low < 0.5 < high
    assert high - low < 0.2


def test_power_of_repeats() -> None:
    # answers that vary as coins do: 2 * 0.25 * (2.8016 / 0.03)^2 / 100 questions
    assert repeats_to_tell(0.03, [[1.0], [0.0]] * 50) == 44
    # with repeats the variance inside the questions is known: here there is none
    assert repeats_to_tell(0.03, [[1.0, 1.0], [0.0, 0.0]] * 50) == 1


@pytest.mark.parametrize("score", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("answers", [1, 4])
def test_equal_scores_do_not_tell_how_many_repeats_are_needed(score: float, answers: int) -> None:
    assert repeats_to_tell(0.03, [[score] * answers] * 5) is None

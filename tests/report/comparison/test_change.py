"""The change between two runs, and whether it is more than noise."""

from __future__ import annotations

import pytest

from tasks.report.comparison.change import mcnemar, paired_change, speed_change


def test_a_change_between_repeats_has_welchs_interval() -> None:
    # Worked by hand: means 10 and 12, variances 1 and 4 of three each: t(2.94) = 3.22, error sqrt(5/3).
    change = speed_change([9, 10, 11], [10, 12, 14])
    assert change is not None
    assert change.difference == pytest.approx(0.2)
    assert change.half_width == pytest.approx(0.416, abs=0.001)
    assert change.is_noise


def test_a_change_of_one_repeat_has_no_interval_and_is_not_called_noise() -> None:
    change = speed_change([10], [12])
    assert change is not None
    assert (change.half_width, change.is_noise) == (None, False)


def test_a_change_from_zero_is_not_known() -> None:
    assert speed_change([0.0], [1.0]) is None


def test_questions_are_compared_one_by_one() -> None:
    base = {(number, "7"): float(number < 5) for number in range(10)}
    new = base | {(5, "7"): 1.0, (6, "7"): 1.0, (7, "8"): 1.0}
    change = paired_change(base, new, single=True)
    assert change is not None
    assert (change.difference, change.questions) == (0.2, 10)
    assert change.half_width == pytest.approx(2.262 * 0.4216 / 10**0.5, abs=0.001)
    assert change.p == 0.5  # two gained, none lost: 2 · (1/2)²


def test_mcnemars_test_is_not_made_of_answers_that_are_partly_right() -> None:
    # Every answer became better, and none changed from wrong to right: the test would say p = 1.
    base = {(number, "7"): 0.2 for number in range(10)}
    new = {(number, "7"): 0.6 + number / 100 for number in range(10)}
    change = paired_change(base, new, single=True)
    assert change is not None
    assert change.p is None
    assert change.difference == pytest.approx(0.445)
    assert not change.is_noise


@pytest.mark.parametrize(("questions", "p", "noise"), [(1, 1.0, True), (3, 0.25, True), (6, 0.03125, False)])
def test_a_few_questions_that_all_changed_alike_may_be_noise(questions: int, p: float, noise: bool) -> None:
    base = {(number, "7"): 1.0 for number in range(questions)}
    change = paired_change(base, dict.fromkeys(base, 0.0), single=True)
    assert change is not None
    assert (change.difference, change.p, change.is_noise) == (-1, p, noise)
    unchanged = paired_change(base, base, single=True)
    assert unchanged is not None
    assert (unchanged.half_width or 0.0, unchanged.is_noise) == (0, True)


@pytest.mark.parametrize(("questions", "noise"), [(1, True), (2, True), (5, True), (6, False)])
def test_a_few_questions_with_several_answers_that_all_changed_alike_may_be_noise(
    questions: int, noise: bool
) -> None:
    base = {(number, "7"): 0.25 for number in range(questions)}
    change = paired_change(base, dict.fromkeys(base, 0.75), single=False)
    assert change is not None
    assert (change.difference, change.p, change.is_noise) == (0.5, None, noise)


def test_other_questions_are_not_compared() -> None:
    assert paired_change({(1, "7"): 1.0}, {(1, "8"): 1.0}, single=True) is None


@pytest.mark.parametrize(
    ("gained", "lost", "p"), [(0, 0, 1.0), (5, 5, 1.0), (0, 6, 0.03125), (8, 1, 0.0390625)]
)
def test_mcnemars_exact_p(gained: int, lost: int, p: float) -> None:
    assert mcnemar(gained, lost) == pytest.approx(p)

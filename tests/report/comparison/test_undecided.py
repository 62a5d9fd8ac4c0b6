"""Open figures: what noise leaves undecided, and that so many repeats do decide it."""

from __future__ import annotations

import numpy as np
import pytest

from tasks.report.comparison.change import speed_change
from tasks.report.comparison.regressions import regressions
from tasks.report.comparison.undecided import enough_repeats, undecided, undecided_line
from tests.report.comparison.compared_runs import compared

TRIALS = 1000


def test_a_figure_is_open_while_its_interval_reaches_beyond_the_loss() -> None:
    base = compared("a")
    assert [figure.text(1) for figure in undecided(base, compared("b", 0.995), 1)] == [
        "throughput 4: RPS (req/s): -0.5 ± 2.2 % ≈: 23 repeats would decide whether it is worse by 1 %"
    ]
    assert undecided(base, compared("b", 0.9), 5) == ()  # a regression is decided
    assert undecided(base, compared("b", 1.1), 5) == ()


def test_a_loss_beyond_its_interval_is_open_while_chance_explains_it_among_all_figures() -> None:
    # Nine figures and scores are judged, so the only loss needs p <= 0.1 / 9. Student's t is 3.09: p = 0.037.
    base, slower = compared("a"), compared("b", 0.975)
    assert regressions((base, slower), 1) == ()
    assert [figure.text(1) for figure in undecided(base, slower, 1)] == [
        "throughput 4: RPS (req/s): -2.5 ± 2.2 %: 22 repeats would decide whether it is worse by 1 %"
    ]


def test_what_was_measured_once_is_open() -> None:
    figures = undecided(compared("a", repeats=1), compared("b", repeats=1), 5)
    assert {figure.repeats for figure in figures} == {None}
    assert figures[0].text(5).endswith("measured once, so its noise is not known; repeat it in both runs")
    assert undecided_line(figures, 5).endswith("they were measured once; repeat them in both runs")


def test_one_line_says_how_many_repeats_decide_all() -> None:
    figures = undecided(compared("a"), compared("b", 0.995), 1)
    assert undecided_line(figures, 1) == (
        "noise leaves open whether 1 figure is worse by more than 1 %: 23 repeats would decide"
    )


@pytest.mark.parametrize(("noise", "loss"), [(0.02, 0.05), (0.03, 0.05), (0.05, 0.10)])
def test_so_many_repeats_find_such_a_loss_in_four_of_five_cases(noise: float, loss: float) -> None:
    half = noise / np.sqrt(2)  # two values whose standard deviation is the noise
    repeats = enough_repeats([1 - half, 1 + half], [1 - half, 1 + half], loss)
    assert repeats is not None
    random, found = np.random.default_rng(repeats), 0
    for _ in range(TRIALS):
        base = 1 + noise * random.standard_normal(repeats)
        new = 1 - loss + noise * random.standard_normal(repeats)
        change = speed_change(base.tolist(), new.tolist())
        found += change is not None and not change.is_noise
    assert 0.76 <= found / TRIALS <= 0.93


def test_without_noise_two_repeats_are_enough_and_too_many_are_not_counted() -> None:
    assert enough_repeats([1.0, 1.0], [0.9, 0.9], 0.05) == 2
    assert enough_repeats([0.5, 1.5], [0.5, 1.5], 0.001) is None
    assert enough_repeats([1.0], [0.9, 0.9], 0.05) is None
    assert enough_repeats([0.99, 1.01], [0.94, 0.96], 0.0) == enough_repeats([0.99, 1.01], [0.94, 0.96], 0.05)

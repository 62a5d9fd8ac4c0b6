"""Change points in simulated series: few false alarms, and slowdowns found where they began."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.change_points import is_found, series
from tasks.report.trend.change_points import change_points, weights_by_repeats

SERIES = 200
MOST_ALARMS = 17
"""Of 200 series: 5 % are 10, and with 5 % in truth, more than 17 come in less than 2 % of all seeds."""


@pytest.mark.parametrize("runs", [8, 20, 60])
def test_false_alarms_are_at_most_five_per_cent(runs: int) -> None:
    random = np.random.default_rng(runs)
    alarms = sum(bool(change_points(series(random, runs, 0.02, 0.03))) for _ in range(SERIES))
    assert alarms <= MOST_ALARMS


def test_runs_with_fewer_repeats_are_no_change() -> None:
    # Of 20 runs, the last three have one repeat, the others five. Without weights, many of 200 are alarms.
    random = np.random.default_rng(1)
    alarms = weighted = 0
    for _ in range(SERIES):
        runs = [1 + 0.03 * random.standard_normal(5 if run < 17 else 1) for run in range(20)]
        means = [float(repeats.mean()) for repeats in runs]
        alarms += bool(change_points(means))
        weighted += bool(change_points(means, weights_by_repeats([repeats.tolist() for repeats in runs])))
    assert weighted <= MOST_ALARMS < alarms


def test_weights_are_one_over_the_variance_of_the_means() -> None:
    # Within a run the variance is 2 and 2; from run to run the means differ by nothing.
    assert weights_by_repeats([[1.0, 3.0], [1.0, 3.0], [2.0]]) == [1.0, 1.0, 0.5]
    assert weights_by_repeats([[1.0, 3.0], [2.0, 4.0]]) is None
    assert weights_by_repeats([[1.0], [2.0]]) is None
    assert weights_by_repeats([[1.0, 1.0], [1.0]]) is None  # no spread at all


@pytest.mark.parametrize("slow", [10, 4, 3])
def test_a_slowdown_of_ten_per_cent_is_found(slow: int) -> None:
    random = np.random.default_rng(slow)
    found = [is_found(series(random, 20, 0.01, 0.02, slow), 20 - slow) for _ in range(SERIES)]
    assert sum(found) >= 0.95 * SERIES


def test_the_same_series_has_the_same_changes_and_several_are_found() -> None:
    random = np.random.default_rng(3)
    noise = 0.01 * random.standard_normal(40)
    values = (np.repeat([1.0, 1.2, 0.9, 0.9], 10) + noise).tolist()
    changes = change_points(values)
    assert [change.position for change in changes] == [10, 20]
    assert changes == change_points(values)
    assert all(change.p == 0.001 for change in changes)


@pytest.mark.parametrize("values", [[], [1.0], [1.0, 2.0, 3.0], [1.0] * 30, [1.0] * 15 + [2.0] + [1.0] * 14])
def test_short_or_level_series_and_one_odd_run_have_no_change(values: list[float]) -> None:
    assert change_points(values) == ()

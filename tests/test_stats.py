"""Percentiles and intervals against values computed by hand."""

from __future__ import annotations

import pytest

from tasks.stats import PERCENTILE_NEEDS, mean_interval, percentile, student_t, sure_percentile


def test_percentiles_interpolate_between_order_statistics() -> None:
    values = [float(number) for number in range(1, 11)]
    assert percentile(values, 50) == pytest.approx(5.5)
    assert percentile(values, 90) == pytest.approx(9.1)
    assert percentile([float(number) for number in range(1, 101)], 99) == pytest.approx(99.01)
    assert percentile([float(number) for number in range(20)], 95) == pytest.approx(18.05)


@pytest.mark.parametrize(("percent", "needed"), PERCENTILE_NEEDS.items())
def test_a_percentile_needs_enough_values(percent: int, needed: int) -> None:
    assert needed == round(1 / (1 - percent / 100))
    assert percentile([1.0] * needed, percent) == 1.0
    assert percentile([1.0] * (needed - 1), percent) is None


@pytest.mark.parametrize(("count", "discarded"), [(2048, 172), (2116, 178), (2145, 181), (64, 0)])
def test_an_early_stopping_percentile_is_that_of_mlperf(count: int, discarded: int) -> None:
    """LoadGen's summaries of runs with so many queries say how many of the highest P90 would discard."""
    values = [float(number) for number in range(count)]
    assert sure_percentile(values, 90) == values[count - 1 - discarded]


def test_an_early_stopping_percentile_needs_more_values_than_a_percentile() -> None:
    assert sure_percentile([1.0] * 63, 90) is None
    assert sure_percentile([1.0] * 661, 99) is None
    assert sure_percentile([1.0] * 662, 99) == 1.0
    assert sure_percentile([], 99) is None


def test_an_interval_is_students_t_times_the_standard_error() -> None:
    assert student_t(2) == pytest.approx(4.302653)
    assert mean_interval([1.0, 2.0, 3.0]) == pytest.approx((2 - 4.302653 / 3**0.5, 2 + 4.302653 / 3**0.5))

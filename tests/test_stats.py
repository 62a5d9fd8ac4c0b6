"""Percentiles and intervals against values computed by hand."""

from __future__ import annotations

import pytest

from tasks.stats import PERCENTILE_NEEDS, mean_interval, percentile, student_t


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


def test_an_interval_is_students_t_times_the_standard_error() -> None:
    assert student_t(2) == pytest.approx(4.302653)
    assert mean_interval([1.0, 2.0, 3.0]) == pytest.approx((2 - 4.302653 / 3**0.5, 2 + 4.302653 / 3**0.5))

"""Percentiles and intervals of means; pure.

Percentiles interpolate linearly between order statistics: definition 7 of Hyndman and Fan, "Sample Quantiles
in Statistical Packages", The American Statistician 50 (1996), the default of NumPy.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, sqrt
from statistics import NormalDist, fmean, stdev

Z = NormalDist().inv_cdf(0.975)
"""The 97.5 % quantile of the normal distribution."""
SURE = 0.99
"""The confidence of an early-stopping percentile, as in MLPerf's LoadGen."""
FEWEST_BEYOND = 6
"""With fewer values expected beyond a percentile, it has no early-stopping estimate."""
PERCENTILE_NEEDS = {50: 2, 90: 10, 95: 20, 99: 100}
"""Number of values that each percentile needs: 1 / (1 - percent / 100). With fewer values, the percentile is
close to the maximum.
"""


def percentile(ordered: Sequence[float], percent: int) -> float | None:
    """Return a percentile of values in ascending order; None for fewer values than PERCENTILE_NEEDS."""
    if len(ordered) < PERCENTILE_NEEDS[percent]:
        return None
    position = (len(ordered) - 1) * percent / 100
    below = floor(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)


def sure_percentile(ordered: Sequence[float], percent: int) -> float | None:
    """Return MLPerf's early-stopping estimate of a percentile of values in ascending order.

    It is at or above the true percentile with 99 % confidence: the t-th highest value, with the largest t for
    which at most 1 % of all samples have no more than t values beyond the true percentile. None for too few
    values, where t would be below 1: P90 needs 64 values, P99 662.
    """
    beyond, above = 1 - percent / 100, 0
    if len(ordered) * beyond < FEWEST_BEYOND:
        return None
    from scipy.special import bdtr

    while above < len(ordered) and bdtr(above + 1, len(ordered), beyond) <= 1 - SURE:
        above += 1
    return ordered[-above] if above else None


def student_t(degrees_of_freedom: float) -> float:
    """Return the 97.5 % quantile of Student's t distribution."""
    from scipy.special import stdtrit  # its import takes half a second, and most runs have no repeats

    return float(stdtrit(degrees_of_freedom, 0.975))


def student_p(t: float, degrees_of_freedom: float) -> float:
    """Return the two-sided p-value of a value of Student's t, which is 0 or above."""
    from scipy.special import stdtr  # as in student_t

    return 2 * float(stdtr(degrees_of_freedom, -t))


def mean_interval(values: Sequence[float]) -> tuple[float, float]:
    """Return the 95 % interval of the mean of two or more independent, approximately normal values."""
    half = student_t(len(values) - 1) * stdev(values) / sqrt(len(values))
    return fmean(values) - half, fmean(values) + half

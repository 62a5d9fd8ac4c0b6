"""Finds where a series of runs changes its level; pure.

Binary segmentation: the split with the greatest difference of means, weighted as in a CUSUM test, is a change
if at most 4 % of random orders of the runs have as great a difference at their best split. Both parts are
then searched in the same way. This is E-Divisive (Matteson and James, Journal of the American Statistical
Association 109, 2014; for benchmarks: Daly et al., ICPE 2020) with the difference of means in place of the
energy distance. Only the order of the runs is shuffled, so no distribution of the noise is assumed. Runs with
different numbers of repeats are weighted. A series that drifts has changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import fmean, variance
from typing import TYPE_CHECKING

from tasks.config.base import Frozen

if TYPE_CHECKING:
    import numpy as np

LEVEL = 0.04
"""The share of series without a change in which one is found: below the 5 % that are allowed."""
ORDERS = 999
"""Random orders that the order of the runs is compared with."""
FEWEST = 2
"""Runs on each side of a change: one odd run is none."""
ENOUGH_RUNS = 8
"""In a shorter series, too many orders of the runs have as great a difference: nothing is found."""
SEED = 0
"""The same series always has the same changes."""


class ChangePoint(Frozen):
    """`position`: the first run of the new level. `p`: the share of orders with as great a difference."""

    position: int
    p: float


def change_points(values: Sequence[float], weights: Sequence[float] | None = None) -> tuple[ChangePoint, ...]:
    """Return the changes of a series in the order of its runs.

    Args:
        values: one figure a run, such as the mean over its repeats, in the order of time.
        weights: how sure each is, as 1 over its variance; None where all are alike.
    """
    import numpy as np  # its import takes long

    random = np.random.default_rng(SEED)
    found: list[ChangePoint] = []
    left = [(0, len(values))]
    series = np.asarray(values, dtype=float)
    sureness = np.ones(len(series)) if weights is None else np.asarray(weights, dtype=float)
    while left:
        start, end = left.pop()
        change = _greatest_change(series[start:end], sureness[start:end], random)
        if change is not None:
            position = start + change.position
            found.append(ChangePoint(position=position, p=change.p))
            left += [(start, position), (position, end)]
    return tuple(sorted(found, key=lambda change: change.position))


def weights_by_repeats(runs: Sequence[Sequence[float]]) -> list[float] | None:
    """Return how sure the mean of each run is; None where all have as many repeats, or one each.

    A run of one repeat varies more than one of five. With equal weights it would be taken for a change.

    Args:
        runs: a figure's repeats in each run, in the order of time.
    """
    repeated = [variance(run) for run in runs if len(run) > 1]
    if len({len(run) for run in runs}) == 1 or not repeated:
        return None
    within, means = fmean(repeated), [fmean(run) for run in runs]
    steps = fmean((later - earlier) ** 2 / 2 for earlier, later in pairwise(means))
    between = max(0.0, steps - within * fmean(1 / len(run) for run in runs))
    spreads = [between + within / len(run) for run in runs]
    return [1 / spread for spread in spreads] if min(spreads) > 0 else None


def _greatest_change(
    values: np.ndarray, weights: np.ndarray, random: np.random.Generator
) -> ChangePoint | None:
    """Return the change at the best split of a part of a series; None if it may be chance."""
    import numpy as np

    if len(values) < 2 * FEWEST or np.ptp(values) == 0:
        return None
    scaled = np.sqrt(weights) * (values - np.average(values, weights=weights))
    differences = _differences(scaled[np.newaxis], weights)[0]
    orders = random.permuted(np.tile(scaled, (ORDERS, 1)), axis=1)
    greatest = differences.max()
    as_great = int((_differences(orders, weights).max(axis=1) >= greatest * (1 - 1e-9)).sum())
    p = (1 + as_great) / (1 + ORDERS)
    return ChangePoint(position=int(differences.argmax()) + FEWEST, p=p) if p <= LEVEL else None


def _differences(scaled: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the weighted squared difference of the means at each split, for each row.

    Args:
        scaled: values less their mean, times the square root of their weights: alike in spread, so that their
            order may be shuffled.
        weights: of the places in the series.
    """
    import numpy as np

    places = slice(FEWEST - 1, scaled.shape[1] - FEWEST)
    sums = (scaled * np.sqrt(weights)).cumsum(axis=1)
    before, whole = weights.cumsum()[places], weights.sum()
    apart = sums[:, places] - sums[:, -1:] * (before / whole)  # a shuffled row has another weighted mean
    differences: np.ndarray = apart**2 * whole / (before * (whole - before))
    return differences

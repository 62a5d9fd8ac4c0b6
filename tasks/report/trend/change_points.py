"""Finds where a series of runs changes its level; pure.

Binary segmentation: the split with the greatest difference of means, weighted as in a CUSUM test, is a change
if at most 4 % of random orders of the runs have as great a difference at their best split. Both parts are
then searched in the same way. This is E-Divisive (Matteson and James, Journal of the American Statistical
Association 109, 2014; for benchmarks: Daly et al., ICPE 2020) with the difference of means in place of the
energy distance. Only the order of the runs is shuffled, so no distribution of the noise is assumed. A series
that drifts has changes.
"""

from __future__ import annotations

from collections.abc import Sequence
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


def change_points(values: Sequence[float]) -> tuple[ChangePoint, ...]:
    """Return the changes of a series in the order of its runs.

    Args:
        values: one figure a run, such as the mean over its repeats, in the order of time.
    """
    import numpy as np  # its import takes long

    random = np.random.default_rng(SEED)
    found: list[ChangePoint] = []
    left = [(0, len(values))]
    series = np.asarray(values, dtype=float)
    while left:
        start, end = left.pop()
        change = _greatest_change(series[start:end], random)
        if change is not None:
            position = start + change.position
            found.append(ChangePoint(position=position, p=change.p))
            left += [(start, position), (position, end)]
    return tuple(sorted(found, key=lambda change: change.position))


def _greatest_change(values: np.ndarray, random: np.random.Generator) -> ChangePoint | None:
    """Return the change at the best split of a part of a series; None if it may be chance."""
    import numpy as np

    if len(values) < 2 * FEWEST or np.ptp(values) == 0:
        return None
    centred = values - values.mean()
    weights = _differences(centred[np.newaxis])[0]
    orders = random.permuted(np.tile(centred, (ORDERS, 1)), axis=1)
    greatest = weights.max()
    as_great = int((_differences(orders).max(axis=1) >= greatest * (1 - 1e-9)).sum())
    p = (1 + as_great) / (1 + ORDERS)
    return ChangePoint(position=int(weights.argmax()) + FEWEST, p=p) if p <= LEVEL else None


def _differences(centred: np.ndarray) -> np.ndarray:
    """Return the weighted squared difference of the means at each split, for each row of values around 0."""
    import numpy as np

    count = centred.shape[1]
    before = np.arange(FEWEST, count - FEWEST + 1)
    sums = centred.cumsum(axis=1)[:, FEWEST - 1 : count - FEWEST]
    differences: np.ndarray = sums**2 * count / (before * (count - before))
    return differences

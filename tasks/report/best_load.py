"""The load with the best mean of a figure."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter
from typing import NamedTuple

from tasks.measure.speed.figures.figure_type import Figure
from tasks.measure.speed.figures.point_result import PointResult
from tasks.report.load_repeats import Repeats, mean_of


class BestLoad(NamedTuple):
    """A load, represented by the point of its first repeat, and the mean of the figure over its repeats."""

    point: PointResult
    mean: float


def best_load(loads: Iterable[Repeats], figure: Figure) -> BestLoad | None:
    """Return the load with the best mean of the figure; None if no load has the figure."""
    candidates = []
    for repeats in loads:
        mean = mean_of(figure, repeats)
        if mean is not None:
            candidates.append(BestLoad(repeats[0], mean))
    if not candidates:
        return None
    choose = max if figure.better == "higher" else min
    return choose(candidates, key=attrgetter("mean"))

"""The load with the best mean of a figure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from tasks.measure.speed.figures.figure_type import Figure
from tasks.measure.speed.figures.point_result import PointResult
from tasks.report.load_repeats import Repeats, mean_of


class BestLoad(NamedTuple):
    """A load, represented by the point of its first repeat, and the mean of the figure over its repeats.

    `suspect`: no load with the figure is valid, so this is the best of the suspect ones.
    `passed_over`: suspect loads with a better mean, which are not chosen because valid ones exist.
    """

    point: PointResult
    mean: float
    suspect: bool = False
    passed_over: tuple[PointResult, ...] = ()


def best_load(loads: Iterable[Repeats], figure: Figure) -> BestLoad | None:
    """Return the valid load with the best mean of the figure; the best suspect one if none is valid.

    Return None if no load has the figure.
    """
    valid, suspect = list[BestLoad](), list[BestLoad]()
    for repeats in loads:
        mean = mean_of(figure, repeats)
        if mean is not None:
            same = suspect if repeats.suspect else valid
            same.append(BestLoad(repeats.first, mean, repeats.suspect))
    candidates = valid or suspect
    if not candidates:
        return None
    sign = 1 if figure.better == "higher" else -1
    best = max(candidates, key=lambda load: sign * load.mean)
    passed_over = tuple(load.point for load in suspect if sign * load.mean > sign * best.mean)
    return best._replace(passed_over=passed_over)

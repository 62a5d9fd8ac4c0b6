"""The load with the best mean of a figure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tasks.measure.speed.figures.figure_type import Figure
from tasks.measure.speed.figures.point_result import PointResult
from tasks.report.load_repeats import Repeats, mean_of

UNMET = "not shown to meet the objectives"
"""A load of which a repeat does not meet its sweep's objectives, or cannot be judged by them."""


class BestLoad(NamedTuple):
    """A load, represented by the point of its first repeat, and the mean of the figure over its repeats.

    `suspect`: no load with the figure is valid, so this is the best of the suspect ones.
    `unmet`: no load that is as valid meets its objectives, so this is the best of those that are UNMET.
    `passed_over`: suspect loads with a better mean, which are not chosen because valid ones exist.
    `passed_over_unmet`: loads with a better mean that are as valid, but UNMET.
    """

    point: PointResult
    mean: float
    suspect: bool = False
    unmet: bool = False
    passed_over: tuple[PointResult, ...] = ()
    passed_over_unmet: tuple[PointResult, ...] = ()


def best_load(loads: Iterable[Repeats], figure: Figure) -> BestLoad | None:
    """Return the load with the best mean of the figure; None if no load has the figure.

    Valid loads come before suspect ones, then those that meet their objectives before others. Of loads whose
    means are printed alike, the lowest is the best.
    """
    candidates = _candidates(loads, figure)
    if not candidates:
        return None
    as_valid = [load for load in candidates if not load.suspect] or candidates
    preferred = [load for load in as_valid if not load.unmet] or as_valid
    best = _best_of(preferred, figure)
    better = [load for load in candidates if _is_better(load, best, figure)]
    return best._replace(
        passed_over=tuple(load.point for load in better if load.suspect and not best.suspect),
        passed_over_unmet=tuple(load.point for load in better if load.suspect == best.suspect),
    )


def _candidates(loads: Iterable[Repeats], figure: Figure) -> list[BestLoad]:
    """Return the loads that have the figure."""
    found = []
    for repeats in loads:
        mean = mean_of(figure, repeats)
        if mean is not None:
            unmet = not all(point.objectives_met for point in repeats.results if point.objectives)
            found.append(BestLoad(repeats.first, mean, repeats.suspect, unmet))
    return found


def _best_of(loads: Sequence[BestLoad], figure: Figure) -> BestLoad:
    """Return the lowest of the loads whose means no other exceeds in print."""
    sign = 1 if figure.better == "higher" else -1
    best = max(loads, key=lambda load: sign * load.mean)
    alike = [load for load in loads if not _is_better(best, load, figure)]
    return min(alike, key=lambda load: load.point.load.sort_key)


def _is_better(load: BestLoad, other: BestLoad, figure: Figure) -> bool:
    """Return whether the mean of a load is better, and is printed otherwise."""
    higher = load.mean > other.mean
    differs = figure.notation.text(load.mean) != figure.notation.text(other.mean)
    return differs and higher == (figure.better == "higher")

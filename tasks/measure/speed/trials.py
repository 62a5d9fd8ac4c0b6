"""Turns a measured level into a trial, from which a search for saturation chooses its next step; pure."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.config.objective import SUCCESS, Objective
from tasks.measure.speed.figures.objectives import margin
from tasks.measure.speed.figures.point_result import PointResult
from tasks.plan.search import PLATEAU, THROUGHPUT, Trial

ALL_SUCCEED = Objective(name=SUCCESS, bound=1.0)
"""The bound on `success` for a sweep without one."""
INVALID = "invalid figures"
UNJUDGED = "{}, which cannot be judged"
BROKEN = -1.0
"""The margin of a level that broke although no figure was beyond its bound."""


def trial_of(result: PointResult, objectives: Sequence[Objective], usable: bool = True) -> Trial:
    """Return a level's tightest margin, the bound that it belongs to, and the sustained throughput.

    A level also breaks if its figures are not `usable`, or if a bound cannot be judged.
    """
    bounds = list(objectives)
    if not any(bound.name == SUCCESS for bound in bounds):
        bounds.append(ALL_SUCCEED)
    margin_value, limit = _tightest(result, bounds)
    if margin_value >= 0:
        unjudged = next((bound for bound in bounds if margin(bound, result) is None), None)
        if unjudged is not None:
            margin_value, limit = BROKEN, UNJUDGED.format(unjudged)
        elif not usable:
            margin_value, limit = BROKEN, INVALID
    return Trial(
        level=result.load.level,
        margin=margin_value,
        limit=limit,
        throughput=_throughput(result),
        pace_known=bool(result.load.slots) or result["pace"] is not None,
    )


def _throughput(result: PointResult) -> float:
    """Return the sustained throughput; of an open loop the rate at which a server deals with its requests.

    Abandoned and failed requests then count in proportion, as they do in the rate. Where it is not known,
    because an earlier version measured the point, nothing says that it is below the rate.
    """
    sustained = result["sustained_throughput"]
    if result.load.slots:
        return result.known("request_throughput") if sustained is None else sustained
    if sustained is None or not result.succeeded:
        return result.load.level
    return sustained * result.requests / result.succeeded


def _tightest(result: PointResult, bounds: Sequence[Objective]) -> tuple[float, str]:
    """Return the smallest margin and its bound; an open loop also has one on its pace, if known.

    The margin is 1 if requests end as fast as they are sent, and 0 if the pace is 1 - PLATEAU.
    """
    margins: list[tuple[float, str]] = []
    for bound in bounds:
        value = margin(bound, result)
        if value is not None:
            margins.append((value, str(bound)))
    pace = result["pace"]
    if not result.load.slots and pace is not None:
        margins.append((1 - (1 - pace) / PLATEAU, THROUGHPUT))
    return min(margins, default=(0.0, ""))

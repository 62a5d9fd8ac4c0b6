"""What one measured level tells a search; pure."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.config.objective import SUCCESS, Objective
from tasks.measure.results import PointResult
from tasks.measure.speed.objectives import margin
from tasks.plan.search import PLATEAU, THROUGHPUT, Trial

ALL = Objective(name=SUCCESS, bound=1.0)
"""Where no objective allows for requests that fail, none may."""
INVALID = "invalid figures"
UNJUDGED = "{}, which cannot be judged"


def trial_of(result: PointResult, objectives: Sequence[Objective], usable: bool = True) -> Trial:
    """The tightest of a level's bounds, and the throughput that the level sustains.

    An open loop has one bound more: 0 where it lacks PLATEAU of its pace, 1 where it lacks nothing. Figures
    that are not `usable`, or a bound that they cannot be held against, count as a level that broke.
    """
    bounds = (*objectives, *(() if any(each.name == SUCCESS for each in objectives) else (ALL,)))
    judged = [(margin(bound, result), str(bound)) for bound in bounds]
    margins = [(found, bound) for found, bound in judged if found is not None]
    if result.rate is not None:
        margins.append((1 - (1 - _pace(result, result.rate)) / PLATEAU, THROUGHPUT))
    least, limit = min(margins, default=(0.0, ""))
    if least >= 0 and None in (found for found, _ in judged):
        least, limit = -1.0, UNJUDGED.format(next(bound for found, bound in judged if found is None))
    if not usable and least >= 0:
        least, limit = -1.0, INVALID
    level, throughput = result.concurrency or result.rate or 0.0, result.sustained_throughput
    if throughput is None:
        throughput = result.request_throughput
    return Trial(level=level, margin=least, limit=limit, throughput=throughput)


def _pace(result: PointResult, rate: float) -> float:
    return result.request_throughput / rate if result.pace is None else result.pace

"""Figures and requests held against a sweep's objectives; pure.

Goodput is the rate of requests that meet every objective, each by its own figures: Zhong et al., "DistServe:
Disaggregating Prefill and Decoding for Goodput-optimized Large Language Model Serving", OSDI 2024.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import floor
from statistics import fmean

from tasks.config.objective import SUCCESS, Objective, needed_success
from tasks.measure.results import PointResult, RequestRow

FAILURES = 0.01
"""The share of failed requests that counts as one whole bound, where the objective allows fewer."""


def margin(objective: Objective, result: PointResult) -> float | None:
    """How far a point stays within a bound, as a share of it: 0 at the bound, below 0 beyond.

    None where the sample cannot carry the figure. Of success it is the share of failed requests that counts.
    """
    if objective.name == SUCCESS:
        left = result.succeeded / (result.requests or 1) - objective.bound
        return left / max(1 - objective.bound, FAILURES) if result.failed else 1.0
    value = getattr(getattr(result, objective.figure), objective.statistic)
    return None if value is None else (objective.bound - value) / objective.bound


def are_met(objectives: Sequence[Objective], result: PointResult) -> bool | None:
    """Whether a point keeps all its objectives. None where there are none, or one that cannot be judged."""
    margins = [margin(objective, result) for objective in objectives]
    if any(found is not None and found < 0 for found in margins):
        return False
    return None if None in margins or not margins else True


def failures_allowed(objectives: Sequence[Objective], requests: int) -> int:
    """How many of so many requests may fail: none, unless an objective on success says otherwise."""
    return floor(requests * (1 - Fraction(str(needed_success(objectives)))))


def goodput(objectives: Sequence[Objective], result: PointResult, rows: Sequence[RequestRow]) -> float | None:
    """Successful requests per second that meet every objective themselves; None without objectives.

    A bound on any statistic of a time holds for the request's own time; of ITL, for the mean of its gaps. A
    figure that a request does not have (the TPOT of one token) is no reason against it.
    """
    if not objectives:
        return None
    good = [row for row in rows if row.succeeded and not row.warmup]
    kept = sum(all(_keeps(row, objective) for objective in objectives) for row in good)
    return kept / result.duration_s if result.duration_s > 0 else 0.0


def with_objectives(
    objectives: Sequence[Objective], result: PointResult, rows: Sequence[RequestRow]
) -> PointResult:
    """The point with what these objectives make of it; goodput stays empty where its rows are not known."""
    known = rows or not result.succeeded
    update = {
        "goodput": goodput(objectives, result, rows) if known else None,
        "objectives": tuple(objectives),
        "objectives_met": are_met(objectives, result),
    }
    return result.model_copy(update=update)


def _keeps(row: RequestRow, objective: Objective) -> bool:
    match objective.figure:
        case "itl":
            value = fmean(row.itl_s) if row.itl_s else None
        case "success":
            value = None
        case figure:
            value = getattr(row, f"{figure}_s")
    return value is None or value <= objective.bound

"""Checks a point's figures against its sweep's objectives; pure."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import floor

from tasks.config.objective import SUCCESS, Objective, needed_success
from tasks.measure.speed.goodput import goodput
from tasks.measure.speed.point_result import PointResult
from tasks.measure.speed.request_row import RequestRow

MIN_FAILED_SHARE = 0.01
"""The margin on `success` is relative to the allowed share of failed requests, but to no less than this."""


def margin(objective: Objective, result: PointResult) -> float | None:
    """How far a figure is below its bound, as a share of the bound: 0 at the bound, negative beyond it.

    For `success`, it is a share of the allowed failed requests. None where the point lacks the figure.
    """
    if objective.name == SUCCESS:
        margin_of_share = result.succeeded / (result.requests or 1) - objective.bound
        return margin_of_share / max(1 - objective.bound, MIN_FAILED_SHARE) if result.failed else 1.0
    value = result[objective.name]
    return None if value is None else (objective.bound - value) / objective.bound


def are_met(objectives: Sequence[Objective], result: PointResult) -> bool | None:
    """Whether a point meets all objectives. None if it has none, or if one cannot be judged."""
    margins = [margin(objective, result) for objective in objectives]
    if any(value is not None and value < 0 for value in margins):
        return False
    return None if None in margins or not margins else True


def failures_allowed(objectives: Sequence[Objective], requests: int) -> int:
    """How many of `requests` requests may fail: none, unless an objective on success allows some."""
    return floor(requests * (1 - Fraction(str(needed_success(objectives)))))


def with_objectives(
    objectives: Sequence[Objective], result: PointResult, rows: Sequence[RequestRow]
) -> PointResult:
    """The point judged by these objectives. Its goodput is None where its requests are not recorded."""
    rows_known = bool(rows) or not result.succeeded
    duration_s = result.known("duration_s")
    judged = result.with_figures({"goodput": goodput(objectives, duration_s, rows) if rows_known else None})
    verdict = {"objectives": tuple(objectives), "objectives_met": are_met(objectives, result)}
    return judged.model_copy(update=verdict)

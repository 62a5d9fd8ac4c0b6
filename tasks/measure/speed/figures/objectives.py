"""Checks a point's figures against its sweep's objectives; pure."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import floor

from tasks.config.objective import SUCCESS, Objective, needed_success
from tasks.measure.speed.figures.goodput import goodput
from tasks.measure.speed.figures.part_times import part_times
from tasks.measure.speed.figures.point_result import PointResult
from tasks.measure.speed.request_row import RequestRow

MIN_FAILED_SHARE = 0.01
"""The smallest share of failed requests that the margin on `success` is divided by."""


def bounded_time(objective: Objective, result: PointResult) -> float | None:
    """Return the time that an objective bounds, in seconds; None if the point lacks it."""
    if objective.part is None:
        return result[objective.name]
    return result.part_times.get(objective.part, {}).get(objective.name)


def margin(objective: Objective, result: PointResult) -> float | None:
    """Return how far a figure is below its bound, as a share of the bound: 0 at the bound, negative above it.

    For `success`, return how far the success rate is above its bound, as a share of the allowed failure rate.
    Return None if the point lacks the figure.
    """
    if objective.name == SUCCESS:
        margin_of_share = result.succeeded / (result.succeeded + result.failed or 1) - objective.bound
        return margin_of_share / max(1 - objective.bound, MIN_FAILED_SHARE) if result.failed else 1.0
    value = bounded_time(objective, result)
    return None if value is None else (objective.bound - value) / objective.bound


def are_met(objectives: Sequence[Objective], result: PointResult) -> bool | None:
    """Return whether a point meets all objectives.

    Return None without objectives, or if the point misses none but lacks the figure of one.
    """
    margins = [margin(objective, result) for objective in objectives]
    if any(value is not None and value < 0 for value in margins):
        return False
    return None if None in margins or not margins else True


def failures_allowed(objectives: Sequence[Objective], requests: int) -> int:
    """Return how many of `requests` requests may fail: 0 unless an objective on `success` allows more."""
    return floor(requests * (1 - Fraction(str(needed_success(objectives)))))


def with_objectives(
    objectives: Sequence[Objective], result: PointResult, rows: Sequence[RequestRow]
) -> PointResult:
    """Return the point, judged by these objectives; goodput is None if its requests are not recorded."""
    rows_known = bool(rows) or not result.succeeded
    if not result.part_times:  # a run of an earlier version did not record them
        result = result.model_copy(update={"part_times": part_times(result.load, rows)})
    duration_s = result.known("duration_s")
    judged = result.with_figures({"goodput": goodput(objectives, duration_s, rows) if rows_known else None})
    verdict = {"objectives": tuple(objectives), "objectives_met": are_met(objectives, result)}
    return judged.model_copy(update=verdict)

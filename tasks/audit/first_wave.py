"""Checks that the first wave of a closed loop does not decide whether an objective is kept.

All its requests are sent at once. Their prompts wait for each other, which lengthens TTFT; or they find no
queue yet, which shortens it. Later ones come one by one, as others end. Of five waves, the first is a fifth
of all requests: a P95 is then one of its times. A wave of warm-up keeps it out of the figures.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tasks.audit.evidence import Evidence
from tasks.audit.finding import Finding, unchecked
from tasks.audit.verdict import Check, Verdict
from tasks.config.load import Load
from tasks.config.objective import Objective
from tasks.measure.speed.figures.figure_registry import BY_NAME
from tasks.measure.speed.figures.point_data import PointData
from tasks.measure.speed.figures.point_result import PointResult
from tasks.measure.speed.request_row import RequestRow

NAME = "first_wave"


def first_wave(evidence: Evidence) -> Finding:
    """Check that each objective on a time is kept, or missed, with the first wave and without it."""
    return _finding(evidence.result, evidence.rows)


def judged_again(verdict: Verdict, result: PointResult, rows: Sequence[RequestRow]) -> Verdict:
    """Return the verdict on a recorded point that has other objectives now.

    Args:
        verdict: the recorded one.
        result: the point, with the objectives by which it is judged now.
        rows: its requests, warm-up included.
    """
    found = _finding(result, rows)
    before = [check.sentence for check in verdict.checks if check.check == NAME]
    reasons = [reason for reason in verdict.reasons if reason not in before]
    if found.verdict == "suspect":
        reasons.append(found.sentence)
    checks = [check for check in verdict.checks if check.check != NAME]
    checks.append(Check(check=NAME, **found.model_dump(exclude={"noted"})))
    worst = "invalid" if verdict.verdict == "invalid" else "suspect" if reasons else "valid"
    return verdict.model_copy(update={"verdict": worst, "reasons": tuple(reasons), "checks": tuple(checks)})


def _finding(result: PointResult, rows: Sequence[RequestRow]) -> Finding:
    slots = result.load.slots
    bounds = [bound for bound in result.objectives if bound.bounds_time]
    if not slots:
        return unchecked("an open loop has no waves")
    if not bounds:
        return Finding(verdict="valid", sentence="no objective bounds a time")
    converse = any(row.conversation is not None for row in rows)
    if not converse and sum(row.warmup for row in rows) >= slots:
        return Finding(verdict="valid", sentence="the first wave was warm-up")
    compared = list(_times(result.load, bounds, rows))
    if not compared:
        return unchecked("too few requests after the first wave")
    for bound, with_wave, without in compared:
        if (with_wave <= bound.bound) != (without <= bound.bound):
            times = f"{with_wave:.3g} s with it, {without:.3g} s without it"
            sentence = f"the first wave decides about {bound}: {times}; set `warmup_waves: 1`"
            return Finding(verdict="suspect", sentence=sentence, value=without, limit=bound.bound)
    return Finding(verdict="valid", sentence="the first wave decides about no objective")


def _times(
    load: Load, bounds: Sequence[Objective], rows: Sequence[RequestRow]
) -> Iterator[tuple[Objective, float, float]]:
    """Yield each bound with its figure over all measured requests, and over those after the first wave."""
    measured = sorted((row for row in rows if not row.warmup), key=lambda row: row.sent_at)
    for bound in bounds:
        with_wave, without = (_time(load, bound, each) for each in (measured, measured[load.slots :]))
        if with_wave is not None and without is not None:
            yield bound, with_wave, without


def _time(load: Load, bound: Objective, rows: Sequence[RequestRow]) -> float | None:
    bounded = [row for row in rows if bound.part in (None, row.part)]
    return BY_NAME[bound.name].compute(PointData(load, bounded, duration_s=0.0))

"""How figures are written: digits, units, and what stands where there is none."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from tasks.measure.speed.notation import MISSING
from tasks.measure.speed.point_result import PointResult
from tasks.record.results import RecordedPoint, RunRecord

NONE = MISSING
UNSEEN = "too few answers show this time: they came in one piece, or of one token"


def success(point: PointResult) -> str:
    """Per cent, never rounded up to 100."""
    asked = point.succeeded + point.failed
    share = 1000 * point.succeeded // asked / 10 if asked else 0.0
    return f"{share:g}"


def score(value: float) -> str:
    """A score between 0 and 1."""
    return f"{value:.3f}"


def load(point: PointResult, repeated: bool) -> str:
    """A point's load, with the number of its repeat where there are several."""
    return f"{point.load.text} #{point.repeat}" if repeated else point.load.text


def load_kind(points: Iterable[PointResult]) -> str:
    """What the loads of some points are called together: the name of their kind, or load."""
    kinds = {point.load.kind for point in points}
    return kinds.pop() if len(kinds) == 1 else "load"


def source(measured_by: str, run_id: str) -> str:
    """Whether the figures are this run's own."""
    return "measured" if measured_by == run_id else f"reused from {measured_by}"


def took(run: RunRecord) -> str:
    """How long the run has taken, to the second."""
    if run.finished_at is None:
        return "not finished"
    return str(timedelta(seconds=round((run.finished_at - run.started_at).total_seconds())))


def why(point: RecordedPoint) -> tuple[str, ...]:
    """All reasons of a point's verdict, and the first error its requests have met."""
    error = point.result.first_error
    told = error is None or any(error in reason for reason in point.verdict.reasons)
    return point.verdict.reasons if told else (*point.verdict.reasons, f"first error: {error}")

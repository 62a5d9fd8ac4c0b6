"""Texts that several tables share: loads, scores, durations and reasons for missing figures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import NamedTuple

from tasks.config.datasets import WHOLE
from tasks.exchange.definitions import tool_name
from tasks.measure.speed.figures.notation import MISSING
from tasks.measure.speed.figures.point_result import PointResult
from tasks.record.results import RecordedPoint, RunRecord

NOTE = "note"
TIME_NOT_VISIBLE = "too few responses show this time: they arrived in one chunk or have one token"
"""The reason why a point with enough requests has no TTFT or TPOT percentile."""


class Remark(NamedTuple):
    """A sentence about a point. `kind`: the point's verdict if it is a reason for the verdict, else NOTE."""

    kind: str
    sentence: str


def success_percent(point: PointResult) -> str:
    """Return the percentage of requests that succeeded, rounded down so that 100 means all of them."""
    ended = point.succeeded + point.failed
    percent = 1000 * point.succeeded // ended / 10 if ended else 0.0
    return f"{percent:g}"


def score_text(value: float) -> str:
    """Return a score between 0 and 1 with three decimals."""
    return f"{value:.3f}"


def score_name(question_set: str, subset: str) -> str:
    """Return the name of a score: that of its question set, and its subset unless that is the whole set."""
    return question_set if subset == WHOLE else f"{question_set} {subset}"


def load_text(point: PointResult, with_repeat: bool = False) -> str:
    """Return the load of a point, such as `4`, or with its repeat number, such as `4 #2`."""
    return f"{point.load.text} #{point.repeat}" if with_repeat else point.load.text


def source_text(measured_by: str, run_id: str, imported_from: str | None = None) -> str:
    """Return where a figure is from.

    Args:
        measured_by: the run that measured it.
        run_id: the run that shows it.
        imported_from: the load generator of an imported run, as in its manifest.
    """
    if imported_from is not None:
        return f"imported from {tool_name(imported_from)}"
    return "measured" if measured_by == run_id else f"reused from {measured_by}"


def interval_text(low: float | None, high: float | None) -> str:
    """Return a score's interval; that of an imported score may not be known."""
    return MISSING if low is None or high is None else f"{score_text(low)} – {score_text(high)}"


def run_duration(run: RunRecord) -> str:
    """Return the duration of the run in whole seconds, such as `0:01:35`."""
    if run.finished_at is None:
        return "not finished"
    return str(timedelta(seconds=round((run.finished_at - run.started_at).total_seconds())))


def remarks(point: RecordedPoint) -> list[Remark]:
    """Return why a point is suspect or invalid, then the notes on it.

    The kind of a reason is the verdict of its own check: an invalid point may have reasons that alone would
    make it suspect. The point's first request error is added unless one of them quotes it.
    """
    verdict, error = point.verdict, point.result.first_error
    of_check = {check.sentence: check.verdict for check in verdict.checks}
    reasons = [Remark(of_check.get(reason, verdict.verdict), reason) for reason in verdict.reasons]
    notes = [Remark(NOTE, note) for note in verdict.notes]
    if error is not None and not any(error in remark.sentence for remark in (*reasons, *notes)):
        notes.append(Remark(NOTE, f"first error: {error}"))
    return [*reasons, *notes]


def missing_notes(reasons: Mapping[str, bool]) -> tuple[str, ...]:
    """Return a footnote for each reason that applies. A reason says why a cell of the table is empty."""
    return tuple(f"{MISSING}: {reason}" for reason, applies in reasons.items() if applies)

"""The verdicts of the points, as the page's section "Can the figures be believed?" shows them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import get_args

from tasks.audit.verdict import Check, CheckVerdict
from tasks.config.base import Frozen
from tasks.record.results import RecordedPoint
from tasks.report import formats
from tasks.report.measured_sweep import MeasuredSweep, measured_sweeps
from tasks.report.report_input import ReportInput


class Reason(Frozen):
    """Why a point has its verdict, or a note on it (`kind` is `note`). `check`: the check that found it."""

    kind: str
    sentence: str
    check: Check | None


class PointVerdict(Frozen):
    """A point with its verdict, the reasons for it, its other checks, and a summary of all its checks."""

    sweep: str
    load: str
    verdict: str
    reasons: tuple[Reason, ...]
    other_checks: tuple[Check, ...]
    checks_summary: str


def point_verdicts(report: ReportInput) -> list[PointVerdict]:
    """Return the verdict of every point, by sweep and then by rising load."""
    verdicts = []
    for sweep in measured_sweeps(report):
        verdicts += [_point_verdict(sweep, point) for point in sweep.points]
    return verdicts


def _point_verdict(sweep: MeasuredSweep, point: RecordedPoint) -> PointVerdict:
    checks = point.verdict.checks
    by_sentence = {check.sentence: check for check in checks}
    remarks = formats.remarks(point)
    said = {remark.sentence for remark in remarks}
    return PointVerdict(
        sweep=sweep.name,
        load=formats.load_text(point.result, sweep.has_repeats),
        verdict=point.verdict.verdict,
        reasons=tuple(
            Reason(kind=remark.kind, sentence=remark.sentence, check=by_sentence.get(remark.sentence))
            for remark in remarks
        ),
        other_checks=tuple(check for check in checks if check.sentence not in said),
        checks_summary=_summary(checks),
    )


def _summary(checks: Sequence[Check]) -> str:
    """Return the number of checks by verdict, such as `20 valid, 2 unchecked, 1 suspect`."""
    counts = Counter(check.verdict for check in checks)
    return ", ".join(f"{counts[verdict]} {verdict}" for verdict in get_args(CheckVerdict) if counts[verdict])

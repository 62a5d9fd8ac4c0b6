"""The verdicts of the points, as the page's section "Can the figures be believed?" shows them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal, get_args

from tasks.audit.verdict import Check, CheckVerdict
from tasks.config.base import Frozen
from tasks.record.results import RecordedPoint
from tasks.report import formats
from tasks.report.measured_sweep import MeasuredSweep, measured_sweeps
from tasks.report.report_input import ReportInput

VERDICTS: tuple[Literal["valid", "suspect", "invalid"], ...] = ("valid", "suspect", "invalid")


class PointVerdict(Frozen):
    """A point with its verdict, the reasons for the verdict, its checks, and a summary of the checks."""

    sweep: str
    load: str
    verdict: str
    reasons: tuple[str, ...]
    checks: tuple[Check, ...]
    checks_summary: str


def point_verdicts(report: ReportInput) -> list[PointVerdict]:
    """Return the verdict of every point, by sweep and then by rising load."""
    verdicts = []
    for sweep in measured_sweeps(report):
        verdicts += [_point_verdict(sweep, point) for point in sweep.points]
    return verdicts


def verdict_counts(points: Sequence[RecordedPoint]) -> dict[str, int]:
    """Return the number of points by verdict, without verdicts that no point has."""
    counts = Counter(point.verdict.verdict for point in points)
    return {verdict: counts[verdict] for verdict in VERDICTS if counts[verdict]}


def _point_verdict(sweep: MeasuredSweep, point: RecordedPoint) -> PointVerdict:
    return PointVerdict(
        sweep=sweep.name,
        load=formats.load_text(point.result, sweep.has_repeats),
        verdict=point.verdict.verdict,
        reasons=formats.reasons_with_first_error(point),
        checks=point.verdict.checks,
        checks_summary=_summary(point.verdict.checks),
    )


def _summary(checks: tuple[Check, ...]) -> str:
    """Return the number of checks by verdict, such as `20 valid, 2 unchecked, 1 suspect`."""
    counts = Counter(check.verdict for check in checks)
    return ", ".join(f"{counts[verdict]} {verdict}" for verdict in get_args(CheckVerdict) if counts[verdict])

"""The verdicts of the points for the page."""

from __future__ import annotations

from tasks.report.page.point_verdicts import point_verdicts, verdict_counts
from tests.report.made_up import points, report


def test_every_point_has_its_reasons_and_a_summary_of_its_checks() -> None:
    verdicts = {(point.sweep, point.load): point for point in point_verdicts(report())}
    assert len(verdicts) == len(points())
    suspect = verdicts["throughput", "100"]
    assert suspect.reasons == ("two waves, made up", "first error: HTTP 500 made up")
    assert suspect.checks_summary == "1 valid, 1 unchecked, 1 suspect"
    assert verdicts["twice", "4 #2"].reasons == ()


def test_verdicts_are_counted_from_best_to_worst() -> None:
    assert list(verdict_counts(points()).items()) == [("valid", 8), ("suspect", 1), ("invalid", 1)]
    assert verdict_counts(()) == {}

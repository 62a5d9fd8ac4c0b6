"""The verdicts of the points for the page."""

from __future__ import annotations

from tasks.audit.verdict import Verdict
from tasks.report.page.point_verdicts import point_verdicts
from tests.record import made_up
from tests.report.made_up import points, report


def test_every_point_has_its_reasons_and_a_summary_of_its_checks() -> None:
    verdicts = {(point.sweep, point.load): point for point in point_verdicts(report())}
    assert len(verdicts) == len(points())
    suspect = verdicts["throughput", "100"]
    assert [(reason.kind, reason.sentence) for reason in suspect.reasons] == [
        ("suspect", "two waves, made up"),
        ("note", "first error: HTTP 500 made up"),
    ]
    assert suspect.checks_summary == "1 valid, 1 unchecked, 1 suspect"
    assert verdicts["twice", "4 #2"].reasons == ()


def test_a_check_whose_sentence_is_a_reason_is_said_there_alone() -> None:
    late, fine = made_up.check(), made_up.check("valid").model_copy(update={"sentence": "fine"})
    verdict = Verdict(verdict="suspect", reasons=(late.sentence,), checks=(late, fine))
    (point,) = point_verdicts(report(points=(made_up.recorded(made_up.point(), verdict=verdict),)))
    assert [reason.check for reason in point.reasons] == [late]
    assert point.other_checks == (fine,)

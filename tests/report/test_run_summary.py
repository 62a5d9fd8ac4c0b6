"""The run in name-value pairs."""

from __future__ import annotations

from tasks.report.run_summary import headline, manifest_pairs, reuse_note
from tests.record import made_up
from tests.report.made_up import report


def test_the_run_and_its_manifest_in_pairs() -> None:
    assert dict(headline(report()))["Took"] == "0:01:35"
    manifest = dict(manifest_pairs(report()))
    assert manifest["Server arguments"] == "enforce-eager true"
    assert manifest["Memory"] == "8.0 GiB"
    unfinished = report(run=made_up.run().model_copy(update={"finished_at": None}))
    assert dict(headline(unfinished))["Took"] == "not finished"


def test_reused_points_are_counted_with_the_run_that_measured_them() -> None:
    assert reuse_note(report()) == "reused: 1 of 10 load points, measured by run-0"


def test_nothing_reused_is_not_mentioned() -> None:
    assert reuse_note(report(points=())) is None
    assert reuse_note(report(points=(), accuracy=(made_up.accuracy("run-0"),))) == (
        "reused: 1 of 1 question sets, measured by run-0"
    )

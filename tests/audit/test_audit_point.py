"""The verdict on a point follows from its findings."""

from __future__ import annotations

from dataclasses import replace

from tasks.audit.audit_point import audit_point
from tasks.audit.checks import CHECKS
from tests.audit import made_up
from tests.audit.made_up import evidence, row, with_one


def test_a_point_without_problems_is_valid_and_has_no_reasons() -> None:
    point = audit_point(evidence())
    assert (point.verdict, point.reasons) == ("valid", ())
    assert {check.check: check.verdict for check in point.checks} == dict.fromkeys(CHECKS, "valid")


def test_unchecked_checks_say_why_and_leave_the_point_valid() -> None:
    point = audit_point(replace(made_up.without_metrics(), rows=(), readings=()))
    assert point.verdict == "valid"
    assert {check.check for check in point.checks if check.verdict == "unchecked"} >= {
        "gpu_clock", "gpu_alone", "other_load", "metrics", "restart",
        "output_counted", "ttft", "tpot", "client_delay", "client_processor", "drift",
    }  # fmt: skip
    assert all(check.sentence for check in point.checks)


def test_the_worst_finding_decides_and_comes_first() -> None:
    point = audit_point(evidence(with_one(row(3, output_tokens=15)), num_preemptions_total=1))
    assert point.verdict == "invalid"
    assert "has 15" in point.reasons[0]
    assert any("preempted" in reason for reason in point.reasons[1:])


def test_a_note_is_no_reason() -> None:
    """Without /metrics nothing is wrong with the figures, but a reader should know."""
    valid = audit_point(made_up.without_metrics())
    assert (valid.verdict, valid.reasons) == ("valid", ())
    assert any("nothing confirms" in note for note in valid.notes)
    wrong = audit_point(replace(made_up.without_metrics(), rows=with_one(row(3, output_tokens=15))))
    assert wrong.verdict == "invalid"
    assert not any("nothing confirms" in reason for reason in wrong.reasons)

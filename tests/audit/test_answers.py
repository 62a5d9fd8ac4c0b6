"""Checks of the answers beyond those in test_checks.py."""

from __future__ import annotations

from dataclasses import replace

from tasks.audit.audit_point import audit_point
from tasks.audit.verdict import Verdict
from tasks.config.objective import Objective
from tests.audit import made_up
from tests.audit.made_up import every, evidence, with_one


def verdict_with(*objectives: str) -> Verdict:
    """The verdict on a point with one failed request, under these objectives."""
    rows = with_one(made_up.failed(3, 503))
    parsed = tuple(Objective.model_validate(text) for text in objectives)
    return audit_point(made_up.with_sweep(evidence(rows), objectives=parsed))


def test_failures_that_an_objective_allows_are_noted() -> None:
    assert verdict_with().verdict == "invalid"
    assert verdict_with("success >= 0.99").verdict == "invalid"
    allowed = verdict_with("success >= 0.98")
    assert allowed.verdict == "valid"
    assert allowed.notes == ("1 of 60 requests failed: HTTP 503: no",)


def test_failed_warm_up_is_noted_and_leaves_counts_unchecked() -> None:
    warmup = replace(made_up.failed(-1), warmup=True)
    point = audit_point(evidence((warmup, *every()), request_success_total=1))
    assert point.verdict == "valid"
    assert point.notes == ("1 warm-up request failed: HTTP 500: no",)
    (check,) = [check for check in point.checks if check.check == "requests_counted"]
    assert check.verdict == "unchecked"

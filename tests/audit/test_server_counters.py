"""Checks of the server's counters beyond those in test_checks.py."""

from __future__ import annotations

from dataclasses import replace

from tasks.audit.audit_point import audit_point
from tasks.audit.checks import CHECKS
from tests.audit import made_up
from tests.audit.made_up import REQUESTS, every, evidence


def test_metrics_that_were_read_once_are_not_reported_as_missing() -> None:
    after_only = CHECKS["metrics"](replace(evidence(), before=None)).sentence
    assert after_only == (
        "the server's /metrics could not be read before the point: "
        "nothing confirms the load generator's figures"
    )
    assert "after the point" in CHECKS["metrics"](replace(evidence(), after=None)).sentence


def test_a_prefix_cache_that_is_off_has_no_hits() -> None:
    off = CHECKS["prefix_cache"](evidence(prefix_cache_queries_total=-REQUESTS * made_up.INPUT))
    assert (off.verdict, off.value) == ("valid", 0)


def test_hits_in_a_cache_outside_the_engine_count_too() -> None:
    point = evidence()
    assert point.after is not None
    external = {"vllm:external_prefix_cache_hits_total": 640.0}
    after = point.after.model_copy(update={"counters": point.after.counters | external})
    assert CHECKS["prefix_cache"](replace(point, after=after)).verdict == "invalid"


def test_a_template_that_all_prompts_share_is_no_repetition() -> None:
    point = evidence(every(input_tokens=2 * made_up.INPUT), prefix_cache_hits_total=REQUESTS * made_up.INPUT)
    assert audit_point(point).verdict == "suspect"  # a prompt on completions has one length
    assert audit_point(made_up.with_sweep(point, endpoint="chat")).reasons == ()

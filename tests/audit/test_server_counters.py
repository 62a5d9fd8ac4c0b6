"""Checks of the server's counters beyond those in test_checks.py."""

from __future__ import annotations

from dataclasses import replace

from tasks.audit.audit_point import audit_point
from tasks.audit.checks import CHECKS
from tasks.audit.evidence import Evidence
from tasks.probe.server_metrics import ServerMetrics
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


def llamacpp(point: Evidence, computed: float) -> Evidence:
    """The point at llama.cpp, which counts the prompt tokens that it computed."""
    before = ServerMetrics(time=made_up.START, counters={"llamacpp:prompt_tokens_total": 0})
    after = ServerMetrics(time=made_up.START, counters={"llamacpp:prompt_tokens_total": computed})
    return replace(point, before=before, after=after)


def test_an_engine_that_leaves_out_cached_tokens_is_compared_without_them() -> None:
    half = REQUESTS * made_up.INPUT / 2
    cached = evidence(every(cached_tokens=made_up.INPUT // 2))
    assert CHECKS["input_counted"](llamacpp(cached, half)).verdict == "valid"
    assert CHECKS["input_counted"](llamacpp(cached, half + 1)).verdict == "invalid"
    unknown = CHECKS["input_counted"](llamacpp(evidence(every(cached_tokens=None)), half))
    assert unknown.verdict == "unchecked"
    assert "do not say how many were cached" in unknown.sentence


def test_an_engine_that_counts_hits_alone_looked_all_prompts_up() -> None:
    counted = {"num_requests_total": REQUESTS, "prompt_tokens_total": REQUESTS * made_up.INPUT}
    names = {f"sglang:{name}": float(value) for name, value in counted.items()}
    before = ServerMetrics(time=made_up.START, counters=dict.fromkeys(names, 0.0))
    after = before.model_copy(update={"counters": names | {"sglang:cached_tokens_total": 384.0}})
    check = CHECKS["prefix_cache"](replace(evidence(), before=before, after=after))
    assert (check.verdict, check.value) == ("invalid", 0.1)

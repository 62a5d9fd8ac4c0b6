"""Every check fires on what it is for, and none on a point in order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tasks.audit import checks
from tasks.audit.evidence import Evidence
from tasks.audit.point import audit_point
from tests.audit import made_up
from tests.audit.made_up import REQUESTS, every, evidence, row, with_one


def restarted() -> Evidence:
    """The counters began anew in the middle."""
    whole = evidence()
    return replace(whole, before=made_up.counters(every() * 2))


def slow_server() -> Evidence:
    """Answers that take twice as long towards the end."""
    rows = tuple(row(index, latency_s=0.2 * (1 + index / REQUESTS)) for index in range(REQUESTS))
    return evidence(rows)


def busy_client() -> Evidence:
    """A load process at its limit."""
    return replace(evidence(), readings=(made_up.reading("cpu_share_p1", 0.97),))


def late_client() -> Evidence:
    """A load process on a crowded machine."""
    return replace(evidence(), readings=tuple(made_up.reading("loop_lag_max_s", 0.03) for _ in range(5)))


def few_waves() -> Evidence:
    """Two waves."""
    whole = evidence()
    return replace(whole, result=whole.result.model_copy(update={"concurrency": REQUESTS // 2}))


FIRES: list[tuple[Callable[[Evidence], object], Callable[[], Evidence], str, str]] = [
    (
        checks.all_succeeded,
        lambda: evidence(with_one(made_up.failed(3))),
        "invalid",
        "1 of 60 requests failed",
    ),
    (checks.all_succeeded, lambda: evidence(every()[:-1]), "invalid", "1 of 60 requests failed"),
    (checks.server_stayed, restarted, "invalid", "it was restarted"),
    (checks.output_exact, lambda: evidence(with_one(row(3, output_tokens=15))), "invalid", "has 15"),
    (checks.input_exact, lambda: evidence(every(input_tokens=65)), "suspect", "60 prompts"),
    (checks.usage_plausible, lambda: evidence(with_one(row(3, output_tokens=9))), "invalid", "16 and 9"),
    (
        checks.counted_by_both,
        lambda: evidence(with_one(row(3)), generation_tokens_total=-1),
        "invalid",
        "the server counted 959 output tokens, the client 960",
    ),
    (
        checks.counted_by_both,
        lambda: evidence(request_success_total=1),
        "invalid",
        "the server counted 61 requests, the client 60",
    ),
    (checks.cache_cold, lambda: evidence(prefix_cache_hits_total=640), "invalid", "16.7%"),
    (checks.no_preemption, lambda: evidence(num_preemptions_total=2), "suspect", "preempted 2"),
    (checks.client_prompt, lambda: evidence(every(client_delay_s=0.02)), "suspect", "20.0 ms"),
    (checks.client_awake, busy_client, "suspect", "97%"),
    (checks.client_awake, late_client, "suspect", "30 ms late"),
    (checks.ttft_agrees, lambda: evidence(every(ttft_s=0.08)), "suspect", "80.0 ms at the client"),
    (checks.tpot_agrees, lambda: evidence(every(tpot_s=0.012)), "suspect", "12.00 ms at the client"),
    (checks.tokens_seen_apart, lambda: evidence(every(tpot_s=None, itl_s=())), "suspect", "in one piece"),
    (checks.tokens_seen_apart, lambda: evidence(every(itl_s=(0.04,) * 3)), "valid", "4.0 tokens"),
    (checks.steady, slow_server, "suspect", "drifted by +"),
    (checks.enough_waves, few_waves, "valid", "2 waves"),
    (checks.metrics_there, made_up.without_metrics, "valid", "no /metrics"),
]


@pytest.mark.parametrize(("check", "spoiled", "verdict", "says"), FIRES)
def test_a_check_fires(
    check: Callable[[Evidence], object], spoiled: Callable[[], Evidence], verdict: str, says: str
) -> None:
    found = spoiled()
    finding = check(found)
    assert finding is not None
    assert says in str(finding)
    judged = audit_point(found)
    assert judged.verdict == verdict
    assert any(says in reason for reason in judged.reasons)


def test_every_check_is_made_to_fire() -> None:
    assert {check for check, *_ in FIRES} == set(checks.CHECKS)


def test_a_point_in_order_is_valid_and_has_nothing_to_say() -> None:
    judged = audit_point(evidence())
    assert (judged.verdict, judged.reasons) == ("valid", ())


def test_warm_up_counts_for_the_server_but_not_for_the_figures() -> None:
    rows = (row(-1, warmup=True), *every())
    assert audit_point(evidence(rows)).verdict == "valid"


def test_the_worst_finding_decides_and_comes_first() -> None:
    judged = audit_point(evidence(with_one(row(3, output_tokens=15)), num_preemptions_total=1))
    assert judged.verdict == "invalid"
    assert "has 15" in judged.reasons[0]
    assert any("preempted" in reason for reason in judged.reasons[1:])


def test_hidden_tokens_of_a_chat_do_not_count_against_the_client() -> None:
    """Three tokens that name a channel come before the first text: the client sees them in no event."""
    late = evidence(every(ttft_s=made_up.TTFT + 3 * made_up.TPOT))
    chat = replace(late, sweep=late.sweep.model_copy(update={"endpoint": "chat"}))
    assert checks.ttft_agrees(late) is not None
    assert checks.ttft_agrees(chat) is None

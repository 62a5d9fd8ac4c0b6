"""Every check fires on what it is for, and docs/metrics.md explains every check."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from tasks.audit.audit_point import audit_point
from tasks.audit.checks import CHECKS
from tasks.audit.evidence import Evidence
from tasks.audit.first_wave import first_wave, judged_again
from tasks.audit.steadiness import drift, waves
from tasks.config.abandon import Abandon
from tasks.config.conversation import Conversation
from tasks.config.home import checkout
from tasks.config.load_kinds.closed_loop import ClosedLoop
from tasks.config.load_kinds.open_loop import OpenLoop
from tasks.config.load_kinds.trace import Trace
from tasks.config.objective import Objective
from tasks.config.steady_state import SteadyState
from tests.audit import made_up
from tests.audit.made_up import REQUESTS, every, evidence, gpu, reading, row, with_one, with_readings


def restarted() -> Evidence:
    """The server's counters were reset during the point."""
    return replace(evidence(), before=made_up.counters(every() * 2))


def restarted_early() -> Evidence:
    """The counters fell during the point, but are higher after it than before it."""
    values = (1000, 10, 2000)
    return with_readings(*[reading("vllm:prompt_tokens_total", value, "server") for value in values])


def repeated_questions() -> Evidence:
    """Chat prompts share more than the whole of the shortest one: not only a template."""
    rows = tuple(row(index, input_tokens=16 if index == 0 else 80) for index in range(REQUESTS))
    point = evidence(rows, prefix_cache_hits_total=0.8 * (16 + 59 * 80))
    return made_up.with_sweep(point, endpoint="chat", dataset="openqa")


def cached_without_metrics() -> Evidence:
    """The server has no counters, but its answers report cached tokens."""
    return replace(evidence(every(cached_tokens=made_up.INPUT // 2)), before=None, after=None)


def with_history(excess: float) -> Evidence:
    """Second turns of conversations whose prompts are longer than planned by a part of their history."""
    lengths = {"input_tokens": 240 + round(excess * 200), "planned_input_tokens": 240, "history_tokens": 200}
    point = evidence(every(conversation=1, turn=2, planned_shared_tokens=200, **lengths))
    return made_up.with_sweep(point, endpoint="chat", dataset="conversations", conversation=Conversation())


def slower_and_slower() -> Evidence:
    """Answers take twice as long at the end."""
    return evidence(tuple(row(index, latency_s=0.2 * (1 + index / REQUESTS)) for index in range(REQUESTS)))


def slower_and_slower_chat() -> Evidence:
    """The same where the model decides the output length, so that only TPOT can be compared."""
    rows = tuple(
        row(index, latency_s=1.0 + index % 7, tpot_s=0.01 * (1 + index / REQUESTS))
        for index in range(REQUESTS)
    )
    return made_up.with_sweep(evidence(rows), dataset="openqa", output_tokens=None)


def falling_behind(pace: float | None = 0.8) -> Evidence:
    """An open loop that sends faster than the server answers."""
    point = evidence()
    result = point.result.with_figures({"pace": pace})
    load = OpenLoop(rate=5, requests=REQUESTS)
    return replace(point, result=result.model_copy(update={"load": load}))


def two_waves() -> Evidence:
    """Two requests a slot."""
    point = evidence()
    load = ClosedLoop(concurrency=REQUESTS // 2, requests=REQUESTS)
    return replace(point, result=point.result.model_copy(update={"load": load}))


def half_empty() -> Evidence:
    """Sixty requests of equal length take 29 times as long as one: of 4 · 29 latencies, 60 are held."""
    point = evidence()
    return replace(point, result=point.result.with_figures({"duration_s": 29 * made_up.LATENCY}))


def fewer_requests_than_slots() -> Evidence:
    """Sixty requests for a hundred slots."""
    point = evidence()
    load = ClosedLoop(concurrency=100, requests=REQUESTS)
    return replace(point, result=point.result.model_copy(update={"load": load}))


def fewer_conversations_than_users() -> Evidence:
    """Sixty turns, which are three conversations, for four users."""
    point = evidence(tuple(row(index, conversation=index // 20) for index in range(REQUESTS)))
    return made_up.with_sweep(point, conversation=Conversation())


def first_burst(ttft_s: float, bound: float) -> Evidence:
    """Sixty requests of four slots, of which the first four have another TTFT; an objective on the P95."""
    rows = tuple(
        row(index, **({"ttft_s": ttft_s} if index < made_up.SLOTS else {})) for index in range(REQUESTS)
    )
    point = evidence(rows)
    bounds = (Objective.model_validate(f"ttft_p95_s <= {bound}"),)
    return replace(point, result=point.result.model_copy(update={"objectives": bounds}))


def short_steady_state() -> Evidence:
    """A sweep that asks for a minute, and a steady state of 12 s."""
    point = made_up.with_sweep(evidence(), steady_state=SteadyState(min_s=60))
    return replace(point, result=point.result.with_figures({"steady_s": 12.0}))


def no_steady_state() -> Evidence:
    """A sweep that asks for a minute, and slots that were never all busy."""
    point = made_up.with_sweep(evidence(), steady_state=SteadyState(min_s=60))
    return replace(point, result=point.result.with_figures({"steady_s": None}))


def two_load_processes() -> Evidence:
    """The event loop of the second of two load processes lags."""
    first = [reading("loop_lag_max_s_p0", 0.001)] * 9
    second = [reading("loop_lag_max_s_p1", 0.06)] * 3
    return with_readings(*first, *second)


def drafting() -> Evidence:
    """The engine drafts tokens for random prompts: 120 drafted, 90 accepted in 60 drafts."""
    point = evidence()
    assert point.after is not None
    counted = {"drafts": 60.0, "draft_tokens": 120.0, "accepted_tokens": 90.0}
    drafted = {f"vllm:spec_decode_num_{name}_total": value for name, value in counted.items()}
    after = point.after.model_copy(update={"counters": point.after.counters | drafted})
    return replace(point, after=after)


def without_usage() -> Evidence:
    """The answers carry no usage."""
    rows = every(input_tokens=None, output_tokens=None, cached_tokens=None, tpot_s=None)
    return replace(evidence(rows), before=None, after=None)


def without_prompt_tokens() -> Evidence:
    """Every usage says that the prompt has no tokens."""
    return evidence(every(input_tokens=0, claimed_output_tokens=made_up.OUTPUT))


def claiming(claimed: int, total: int | None = None, reasoning: int | None = None) -> Evidence:
    """Every usage claims so many `completion_tokens`."""
    return evidence(every(claimed_output_tokens=claimed, total_tokens=total, reasoning_tokens=reasoning))


def one_long_pause() -> Evidence:
    """The load generator's event loop pauses once."""
    return with_readings(*[reading("loop_lag_max_s", lag) for lag in (0.001, 0.001, 0.2)])


def one_abandoned() -> Evidence:
    """A point of which one request was abandoned on purpose."""
    left = replace(row(3), abandoned=True, succeeded=False, latency_s=None)
    return made_up.with_sweep(evidence(with_one(left)), abandon=Abandon(share=0.1, after_s=2))


def late_trace() -> Evidence:
    """A trace of which two requests in a hundred were sent late."""
    point = evidence((*every(), row(60, client_delay_s=0.2)))
    trace = Trace(trace="t.jsonl", requests=61)
    return replace(point, result=point.result.model_copy(update={"load": trace}))


FIRES: list[tuple[str, Callable[[], Evidence], str, str]] = [
    ("failures", lambda: evidence(with_one(made_up.failed(3))), "invalid", "1 of 60 requests failed"),
    ("failures", lambda: evidence(every()[:-1]), "invalid", "1 of 60 requests failed"),
    ("abandoned", one_abandoned, "valid", "1 of 60 requests were abandoned 2 s after they were sent"),
    (
        "lateness",
        late_trace,
        "invalid",
        "99 % of the requests were sent at most 200.0 ms after the",
    ),
    ("rejections", lambda: evidence(with_one(made_up.failed(3, 429))), "invalid", "rejected 1 request"),
    ("rejections", lambda: evidence(admission_rejections_total=2), "invalid", "rejected 2 requests"),
    ("metrics", made_up.without_metrics, "valid", "no /metrics"),
    ("restart", restarted, "invalid", "it was restarted"),
    ("restart", restarted_early, "invalid", "it was restarted"),
    ("restart", lambda: evidence(start_time=1.0), "invalid", "it was restarted"),
    ("output_length", lambda: evidence(with_one(row(3, output_tokens=15))), "invalid", "has 15"),
    ("input_length", lambda: evidence(every(input_tokens=65)), "suspect", "60 of 60 prompts"),
    ("history", lambda: with_history(1.0), "invalid", "60 of 60 prompts do not hold their history once (the"),
    ("history", lambda: with_history(-1.0), "suspect", "the worst is off by -100% of it"),
    ("usage", lambda: evidence(with_one(row(3, output_tokens=9))), "invalid", "16 chunks, 9 tokens"),
    ("usage", lambda: evidence(with_one(row(3, output_tokens=0))), "invalid", "16 chunks, 0 tokens"),
    (
        "usage_missing",
        without_usage,
        "suspect",
        "60 of 60 answers do not report their tokens (usage is missing)",
    ),
    (
        "usage_sum",
        lambda: claiming(0, total=made_up.INPUT + made_up.OUTPUT),
        "suspect",
        "completion_tokens is 0, but total_tokens less prompt_tokens is 16, which is used",
    ),
    (
        "usage_sum",
        lambda: claiming(made_up.OUTPUT, total=made_up.INPUT + 2 * made_up.OUTPUT),
        "invalid",
        "completion_tokens is 16, but total_tokens less prompt_tokens is 32)",
    ),
    (
        "usage_sum",
        lambda: claiming(made_up.OUTPUT, reasoning=20),
        "invalid",
        "completion_tokens is 16, but reasoning_tokens 20",
    ),
    ("usage_sum", without_prompt_tokens, "invalid", "prompt_tokens is 0"),
    (
        "requests_counted",
        lambda: evidence(request_success_total=1),
        "invalid",
        "the server counted 61 requests, the load generator 60",
    ),
    (
        "output_counted",
        lambda: evidence(generation_tokens_total=-1),
        "invalid",
        "the server counted 959 output tokens, the load generator 960",
    ),
    ("input_counted", lambda: evidence(prompt_tokens_total=1), "invalid", "3841 input tokens"),
    ("prefix_cache", lambda: evidence(prefix_cache_hits_total=640), "invalid", "16.7%"),
    (
        "prefix_cache",
        lambda: evidence(every(planned_shared_tokens=32), prefix_cache_hits_total=64),
        "suspect",
        "1.7% of the prompt tokens came from the prefix cache (prompts may share 50.0%): it missed tokens",
    ),
    (
        "prefix_cache",
        lambda: evidence(every(planned_shared_tokens=32), prefix_cache_hits_total=1984),
        "invalid",
        "51.7% of the prompt tokens came from the prefix cache (prompts may share 50.0%): prompts were",
    ),
    ("prefix_cache", repeated_questions, "invalid", "80.0% of the prompt tokens"),
    ("prefix_cache", cached_without_metrics, "invalid", "50.0% of the prompt tokens"),
    ("preemptions", lambda: evidence(num_preemptions_total=2), "suspect", "preempted 2 requests"),
    ("client_delay", lambda: evidence(every(client_delay_s=0.02)), "suspect", "20.0 ms"),
    ("client_processor", lambda: with_readings(reading("cpu_share_p1", 0.97)), "suspect", "97%"),
    (
        "client_clock",
        lambda: with_readings(*[reading("loop_lag_max_s", 0.03)] * 5),
        "suspect",
        "the load generator's event loop lagged 30 ms (median of the per-second maxima)",
    ),
    ("client_clock", two_load_processes, "suspect", "lagged 60 ms"),
    ("client_stall", one_long_pause, "valid", "the load generator's longest pause was 200 ms"),
    ("ttft", lambda: evidence(every(ttft_s=0.08)), "suspect", "80.0 ms at the load generator"),
    ("ttft", lambda: evidence(every(ttft_s=0.01)), "suspect", "no answer can arrive before it is generated"),
    ("tpot", lambda: evidence(every(tpot_s=0.012)), "suspect", "12.00 ms at the load generator"),
    ("one_piece", lambda: evidence(every(tpot_s=None, itl_s=())), "suspect", "in a single chunk"),
    ("tokens_a_piece", lambda: evidence(every(itl_s=(0.04,) * 3)), "valid", "4.0 tokens"),
    ("speculation", drafting, "suspect", "drafted tokens (75% accepted, 2.50 tokens a draft): prompts are"),
    ("drift", slower_and_slower, "suspect", "latency drifted by +"),
    ("drift", slower_and_slower_chat, "suspect", "TPOT drifted by +"),
    ("pace", falling_behind, "suspect", "ended at 80%"),
    (
        "pace",
        partial(falling_behind, None),
        "valid",
        "more than a third of the time in which requests are sent",
    ),
    ("waves", two_waves, "valid", "2 waves"),
    ("waves", half_empty, "valid", "(15 waves); slots were empty for 48% of their time, which throughput"),
    ("waves", fewer_requests_than_slots, "suspect", "60 requests for 100 slots: no more than 60 were ever"),
    ("waves", fewer_conversations_than_users, "suspect", "3 conversations for 4 slots: no more than 3 were"),
    (
        "first_wave",
        lambda: first_burst(0.15, 0.1),
        "suspect",
        "the first wave decides about ttft_p95_s <= 0.1: 0.15 s with it, 0.05 s without it",
    ),
    ("steady_state", short_steady_state, "suspect", "lasted 12.0 s, less than 60 s"),
    ("steady_state", no_steady_state, "suspect", "there is no steady state"),
    (
        "other_load",
        lambda: with_readings(reading("others_cpu_share", 0.4, "machine")),
        "suspect",
        "used 40%",
    ),
    (
        "gpu_slowed",
        lambda: with_readings(*gpu(throttle_reasons=lambda number: 0x44 if number > 5 else 4)),
        "suspect",
        "33%",
    ),
    (
        "gpu_power_cap",
        lambda: with_readings(*gpu(throttle_reasons=lambda number: 4)),
        "valid",
        "power limit in 100%",
    ),
    (
        "gpu_clock",
        lambda: with_readings(*gpu(sm_clock_mhz=lambda number: 1980 - 60 * number)),
        "suspect",
        "-18.8%",
    ),
    (
        "gpu_alone",
        lambda: with_readings(*gpu(foreign_processes=lambda number: number == 4)),
        "suspect",
        "shared a GPU with 1 other process",
    ),
    (
        "gpu_memory",
        lambda: with_readings(*gpu(memory_used_bytes=lambda number: number * 2**29)),
        "valid",
        "grew by 4.00 GiB",
    ),
]


@pytest.mark.parametrize(("name", "make_evidence", "verdict", "text"), FIRES)
def test_a_check_fires(name: str, make_evidence: Callable[[], Evidence], verdict: str, text: str) -> None:
    point = audit_point(make_evidence())
    (check,) = [check for check in point.checks if check.check == name]
    assert text in check.sentence
    assert check.verdict in (verdict, "unchecked")
    assert point.verdict == verdict
    assert check.sentence in (point.notes if verdict == "valid" else point.reasons)


def test_a_first_wave_that_changes_no_decision_is_no_doubt() -> None:
    kept = first_wave(first_burst(0.15, 0.2))
    assert (kept.verdict, kept.sentence) == ("valid", "the first wave decides about no objective")
    assert first_wave(first_burst(0.15, 0.04)).verdict == "valid"  # missed with and without it
    decided = first_burst(0.15, 0.1)
    warm = tuple(replace(each, warmup=each.index < made_up.SLOTS) for each in decided.rows)
    assert first_wave(replace(decided, rows=warm)).sentence == "the first wave was warm-up"
    few = decided.rows[: made_up.SLOTS + 19]  # a P95 needs twenty
    assert first_wave(replace(decided, rows=few)).sentence == "too few requests after the first wave"


def test_slots_that_warm_up_requests_hold_are_not_empty() -> None:
    # The second half of the slots' time is that of warm-up requests.
    long = tuple(
        row(60 + slot, warmup=True, sent_at=made_up.START, latency_s=29 * made_up.LATENCY) for slot in (0, 1)
    )
    warmed = replace(half_empty(), rows=(*half_empty().rows, *long))
    assert waves(warmed).sentence == "each slot sent 15 requests on average (15 waves)"
    before = row(60, warmup=True, sent_at=made_up.START - timedelta(hours=1), latency_s=3600.0)
    early = replace(half_empty(), rows=(*half_empty().rows, before))
    assert waves(early).sentence == waves(half_empty()).sentence  # it ended as the first one was due
    failed = replace(half_empty(), rows=(*half_empty().rows, row(60, succeeded=False, latency_s=None)))
    assert waves(failed).sentence == "each slot sent 15 requests on average (15 waves)"  # not known


def test_other_objectives_judge_the_first_wave_again() -> None:
    point = first_burst(0.15, 0.2)
    recorded = audit_point(point)
    assert recorded.verdict == "valid"
    tighter = first_burst(0.15, 0.1).result
    again = judged_again(recorded, tighter, point.rows)
    assert (again.verdict, len(again.reasons)) == ("suspect", 1)
    assert {check.check for check in again.checks} == set(CHECKS)
    assert judged_again(again, point.result, point.rows).reasons == ()
    assert judged_again(again, point.result, point.rows).verdict == "valid"


def test_the_last_wave_of_a_server_that_shares_its_speed_is_no_drift() -> None:
    # The last requests run beside empty slots, twice as fast.
    faster = tuple(row(index, latency_s=0.5 if index >= 70 else 1.0) for index in range(80))
    point = evidence(faster)
    load = ClosedLoop(concurrency=16, requests=80)
    point = replace(point, result=point.result.model_copy(update={"load": load}))
    assert (
        drift(point).sentence == "latency changed by +0.0% from the first half of the requests to the second"
    )
    few = replace(point, rows=faster[:71])
    assert drift(few).sentence == "fewer than 40 requests between the first wave and the last"


def test_every_check_is_made_to_fire() -> None:
    assert {name for name, *_ in FIRES} == set(CHECKS)


def test_the_docs_explain_exactly_these_checks() -> None:
    text = (checkout() / "docs" / "metrics.md").read_text(encoding="utf-8")
    section = text.split("\n## The audit\n")[1].split("\n## ")[0]
    first_columns = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    assert re.findall(r"`(\w+)`", " ".join(first_columns)) == list(CHECKS)

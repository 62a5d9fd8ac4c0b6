"""Every check fires on what it is for, and none on a point in order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from tasks.audit.audit_point import audit_point
from tasks.audit.checks import CHECKS
from tasks.audit.evidence import Evidence
from tasks.audit.verdict import Verdict
from tasks.config.home import checkout
from tasks.config.objective import Objective
from tasks.measure.results import RequestRow
from tasks.probe.reading import Reading
from tests.audit import made_up
from tests.audit.made_up import REQUESTS, every, evidence, gpu, reading, row, with_one

ROOT = checkout()


def restarted() -> Evidence:
    """The counters began anew in the middle."""
    whole = evidence()
    return replace(whole, before=made_up.counters(every() * 2))


def slow_server() -> Evidence:
    """Answers that take twice as long towards the end."""
    rows = tuple(row(index, latency_s=0.2 * (1 + index / REQUESTS)) for index in range(REQUESTS))
    return evidence(rows)


def restarted_and_caught_up() -> Evidence:
    """The counters fell in the middle, and are further at the end than they were at the beginning."""
    readings = [reading("vllm:prompt_tokens_total", value, "server") for value in (1000, 10, 2000)]
    return told(*readings)


def repeated_questions() -> Evidence:
    """A chat's template may be shared, but no more than the shortest prompt has."""
    lengths = tuple(row(index, input_tokens=16 if index == 0 else 80) for index in range(REQUESTS))
    whole = evidence(lengths, prefix_cache_hits_total=0.8 * (16 + 59 * 80))
    return replace(whole, sweep=whole.sweep.model_copy(update={"endpoint": "chat", "dataset": "openqa"}))


def cached_without_metrics() -> Evidence:
    """A server without counters that tells in its answers what was cached."""
    return replace(evidence(every(cached_tokens=made_up.INPUT // 2)), before=None, after=None)


def told(*readings: Reading) -> Evidence:
    """The point with these readings."""
    return replace(evidence(), readings=readings)


def stalled() -> list[Reading]:
    """One long pause of the client's."""
    return [reading("loop_lag_max_s", value) for value in (0.001, 0.001, 0.2)]


def slow_chat() -> Evidence:
    """The same where answers are as long as they like: only the time between tokens can be compared."""
    rows = tuple(
        row(index, latency_s=1.0 + index % 7, tpot_s=0.01 * (1 + index / REQUESTS))
        for index in range(REQUESTS)
    )
    whole = evidence(rows)
    free = {"dataset": "openqa", "output_tokens": None}
    return replace(whole, sweep=whole.sweep.model_copy(update=free))


def falling_behind() -> Evidence:
    """An open loop whose server is too slow for it."""
    whole = evidence()
    update = {"concurrency": None, "rate": 5.0, "pace": 0.8}
    return replace(whole, result=whole.result.model_copy(update=update))


def few_waves() -> Evidence:
    """Two waves."""
    whole = evidence()
    return replace(whole, result=whole.result.model_copy(update={"concurrency": REQUESTS // 2}))


FIRES: list[tuple[str, Callable[[], Evidence], str, str]] = [
    ("failures", lambda: evidence(with_one(made_up.failed(3))), "invalid", "1 of 60 requests failed"),
    ("failures", lambda: evidence(every()[:-1]), "invalid", "1 of 60 requests failed"),
    ("rejections", lambda: evidence(with_one(made_up.failed(3, 429))), "invalid", "rejected 1 requests"),
    ("rejections", lambda: evidence(admission_rejections_total=2), "invalid", "rejected 2 requests"),
    ("metrics", made_up.without_metrics, "valid", "no /metrics"),
    ("restart", restarted, "invalid", "it was restarted"),
    ("restart", restarted_and_caught_up, "invalid", "it was restarted"),
    ("restart", lambda: evidence(start_time=1.0), "invalid", "it was restarted"),
    ("output_length", lambda: evidence(with_one(row(3, output_tokens=15))), "invalid", "has 15"),
    ("input_length", lambda: evidence(every(input_tokens=65)), "suspect", "60 prompts"),
    ("usage", lambda: evidence(with_one(row(3, output_tokens=9))), "invalid", "16 and 9"),
    ("usage", lambda: evidence(with_one(row(3, output_tokens=0))), "invalid", "16 and 0"),
    (
        "requests_counted",
        lambda: evidence(request_success_total=1),
        "invalid",
        "the server counted 61 requests, the client 60",
    ),
    (
        "output_counted",
        lambda: evidence(generation_tokens_total=-1),
        "invalid",
        "the server counted 959 output tokens, the client 960",
    ),
    ("input_counted", lambda: evidence(prompt_tokens_total=1), "invalid", "3841 input tokens"),
    ("prefix_cache", lambda: evidence(prefix_cache_hits_total=640), "invalid", "16.7%"),
    ("prefix_cache", repeated_questions, "invalid", "80.0% of the prompt tokens"),
    ("prefix_cache", cached_without_metrics, "invalid", "50.0% of the prompt tokens"),
    ("preemptions", lambda: evidence(num_preemptions_total=2), "suspect", "preempted 2"),
    ("client_delay", lambda: evidence(every(client_delay_s=0.02)), "suspect", "20.0 ms"),
    ("client_processor", lambda: told(reading("cpu_share_p1", 0.97)), "suspect", "97%"),
    ("client_clock", lambda: told(*[reading("loop_lag_max_s", 0.03)] * 5), "suspect", "30 ms late"),
    (
        "client_clock",
        lambda: told(*[reading("loop_lag_max_s_p0", 0.001)] * 9, *[reading("loop_lag_max_s_p1", 0.06)] * 3),
        "suspect",
        "60 ms late",
    ),
    ("client_stall", lambda: told(*stalled()), "valid", "stood still once, for 200 ms"),
    ("ttft", lambda: evidence(every(ttft_s=0.08)), "suspect", "80.0 ms at the client"),
    ("ttft", lambda: evidence(every(ttft_s=0.01)), "suspect", "no answer comes before it is made"),
    ("tpot", lambda: evidence(every(tpot_s=0.012)), "suspect", "12.00 ms at the client"),
    ("one_piece", lambda: evidence(every(tpot_s=None, itl_s=())), "suspect", "in one piece"),
    ("tokens_a_piece", lambda: evidence(every(itl_s=(0.04,) * 3)), "valid", "4.0 tokens"),
    ("drift", slow_server, "suspect", "latency drifted by +"),
    ("drift", slow_chat, "suspect", "TPOT drifted by +"),
    ("pace", falling_behind, "suspect", "left at 80%"),
    ("waves", few_waves, "valid", "2 waves"),
    ("other_load", lambda: told(reading("others_cpu_share", 0.4, "machine")), "suspect", "used 40%"),
    ("gpu_slowed", lambda: told(*gpu(throttle_reasons=lambda s: 0x44 if s > 5 else 4)), "suspect", "33%"),
    ("gpu_power_cap", lambda: told(*gpu(throttle_reasons=lambda s: 4)), "valid", "power limit in 100%"),
    ("gpu_clock", lambda: told(*gpu(sm_clock_mhz=lambda s: 1980 - 60 * s)), "suspect", "-18.8%"),
    ("gpu_alone", lambda: told(*gpu(foreign_processes=lambda s: s == 4)), "suspect", "1 processes"),
    ("gpu_memory", lambda: told(*gpu(memory_used_bytes=lambda s: s * 2**29)), "valid", "grew by 4.00 GiB"),
]


@pytest.mark.parametrize(("name", "spoiled", "verdict", "says"), FIRES)
def test_a_check_fires(name: str, spoiled: Callable[[], Evidence], verdict: str, says: str) -> None:
    judged = audit_point(spoiled())
    (check,) = [each for each in judged.checks if each.check == name]
    assert says in check.sentence
    assert check.verdict in (verdict, "unchecked")
    assert judged.verdict == verdict
    assert check.sentence in judged.reasons


def test_every_check_is_made_to_fire() -> None:
    assert {name for name, *_ in FIRES} == set(CHECKS)


def test_every_check_is_explained() -> None:
    explained = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1] for line in explained.splitlines() if line.startswith("| `")]
    assert {name for name in CHECKS if not any(f"`{name}`" in row for row in rows)} == set()


def test_a_point_in_order_is_valid_and_has_nothing_to_say() -> None:
    judged = audit_point(evidence())
    assert (judged.verdict, judged.reasons) == ("valid", ())
    assert {check.check: check.verdict for check in judged.checks} == dict.fromkeys(CHECKS, "valid")


def test_what_cannot_be_checked_is_said_and_holds_nothing_against_the_point() -> None:
    judged = audit_point(replace(made_up.without_metrics(), rows=(), readings=()))
    assert judged.verdict == "valid"
    assert {check.check for check in judged.checks if check.verdict == "unchecked"} >= {
        "gpu_clock", "gpu_alone", "other_load", "metrics", "restart",
        "output_counted", "ttft", "tpot", "client_delay", "client_processor", "drift",
    }  # fmt: skip
    assert all(check.sentence for check in judged.checks)


def test_a_prefix_cache_that_is_off_has_no_hits() -> None:
    off = CHECKS["prefix_cache"](evidence(prefix_cache_queries_total=-REQUESTS * made_up.INPUT))
    assert (off.verdict, off.value) == ("valid", 0)


def test_an_engine_that_decodes_several_tokens_a_step_observes_each_step_once() -> None:
    steps = -REQUESTS * (made_up.OUTPUT - 1) * 2 / 3
    speculative = evidence(inter_token_latency_seconds_count=steps)
    assert CHECKS["tpot"](speculative).verdict == "valid"


def test_hits_in_a_cache_outside_the_engine_count_too() -> None:
    whole = evidence()
    assert whole.after is not None
    outside = {"vllm:external_prefix_cache_hits_total": 640.0}
    after = whole.after.model_copy(update={"counters": whole.after.counters | outside})
    assert CHECKS["prefix_cache"](replace(whole, after=after)).verdict == "invalid"


def test_an_idle_gpu_may_lower_its_clock() -> None:
    idle = told(*gpu(sm_clock_mhz=lambda s: 1980 - 200 * s, utilization_share=lambda s: 0.1))
    assert CHECKS["gpu_clock"](idle).verdict == "unchecked"


def test_each_gpu_is_held_against_itself() -> None:
    other = tuple(
        replace(each, metric=each.metric.replace("gpu0", "gpu1"), value=each.value / 2) for each in gpu()
    )
    assert audit_point(told(*gpu(), *other)).reasons == ()


def test_a_template_that_all_prompts_share_is_no_repetition() -> None:
    whole = evidence(every(input_tokens=2 * made_up.INPUT), prefix_cache_hits_total=REQUESTS * made_up.INPUT)
    assert audit_point(whole).verdict == "suspect"  # a prompt on completions has one length
    chat = replace(whole, sweep=whole.sweep.model_copy(update={"endpoint": "chat"}))
    assert audit_point(chat).reasons == ()


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
    assert CHECKS["ttft"](late).verdict == "suspect"
    assert CHECKS["ttft"](chat).verdict == "valid"


def test_failures_that_an_objective_allows_are_said_and_not_held_against_the_point() -> None:
    def judged(rows: tuple[RequestRow, ...], *objectives: str) -> Verdict:
        whole = evidence(rows)
        sweep = whole.sweep.model_copy(
            update={"objectives": tuple(Objective.model_validate(each) for each in objectives)}
        )
        return audit_point(replace(whole, sweep=sweep))

    one = with_one(made_up.failed(3, 503))
    assert judged(one).verdict == "invalid"
    assert judged(one, "success >= 0.99").verdict == "invalid"
    allowed = judged(one, "success >= 0.98")
    assert allowed.verdict == "valid"
    assert allowed.reasons == ("1 of 60 requests failed: HTTP 503: no",)


def test_warm_up_that_failed_is_said_and_blamed_on_nobody() -> None:
    judged = audit_point(
        evidence((replace(made_up.failed(-1), warmup=True), *every()), request_success_total=1)
    )
    assert judged.verdict == "valid"
    assert judged.reasons == ("1 requests of the warm-up failed: HTTP 500: no",)
    (check,) = [each for each in judged.checks if each.check == "requests_counted"]
    assert check.verdict == "unchecked"


def test_machine_and_gpus_are_judged_while_requests_are_under_way() -> None:
    """Before the first and after the last, prompts are made and rows read."""
    for second in (-0.5, 60.0):
        moment = made_up.START + timedelta(seconds=second)
        busy = replace(reading("others_cpu_share", 0.9, "machine"), time=moment)
        shared = replace(reading("foreign_processes_gpu0", 2, "gpu"), time=moment)
        whole = evidence()
        assert audit_point(replace(whole, readings=(*whole.readings, busy, shared))).reasons == ()


def test_metrics_that_were_read_once_are_not_said_to_be_missing() -> None:
    once = CHECKS["metrics"](replace(evidence(), before=None)).sentence
    assert once == "the server's /metrics could not be read before the point: figures are the client's alone"
    assert "after the point" in CHECKS["metrics"](replace(evidence(), after=None)).sentence

"""The server's metrics over a point."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tasks.probe.engine_metrics.meaning import Meaning
from tasks.probe.metrics_history import MetricsHistory, history_of
from tasks.probe.reading import Reading
from tasks.probe.server_metrics import ServerMetrics
from tasks.probe.speculation import Speculation, speculation_in

START = datetime(2001, 2, 3, tzinfo=UTC)
VLLM_SPECULATION = "vllm:spec_decode_num_{}_total"


def history(*pages: dict[str, float]) -> MetricsHistory:
    """Return a page a second."""
    metrics = (
        ServerMetrics(time=START + timedelta(seconds=i), counters=page) for i, page in enumerate(pages)
    )
    return MetricsHistory(tuple(metrics))


def drafting(drafts: float, drafted: float, accepted: float) -> dict[str, float]:
    """Return vLLM's counters of speculative decoding."""
    counted = {"drafts": drafts, "draft_tokens": drafted, "accepted_tokens": accepted}
    return {VLLM_SPECULATION.format(name): value for name, value in counted.items()}


def sglang(running: float, **values: float) -> dict[str, float]:
    """Return a page of SGLang."""
    return {"sglang:num_running_reqs": running, **{f"sglang:{name}": value for name, value in values.items()}}


def test_a_counter_that_appears_later_started_from_zero() -> None:
    seen = history({"sglang:num_requests_total": 1}, sglang(1, num_requests_total=4, cached_tokens_total=7))
    assert seen.increase(Meaning.CACHE_HITS) == 7
    assert seen.increase(Meaning.FINISHED) == 3
    assert seen.increase(Meaning.PREEMPTIONS) is None


def test_one_page_or_a_restart_shows_no_increase() -> None:
    assert history({"tgi_request_success": 3}).increase(Meaning.FINISHED) is None
    assert history().table is None
    restarted = history({"tgi_request_success": 9}, {"tgi_request_success": 2}, {"tgi_request_success": 20})
    assert restarted.restarted
    assert restarted.increase(Meaning.FINISHED) is None


def test_readings_of_one_time_are_one_page() -> None:
    rows = [
        Reading(START + timedelta(seconds=second), "server", metric, float(second))
        for second in (2, 0, 1)
        for metric in ("vllm:prompt_tokens_total", "vllm:num_requests_running", "startup_total_s")
    ]
    pages = history_of([*rows, Reading(START, "gpu", "power_w_gpu0", 5)]).pages
    assert [page.counters["vllm:prompt_tokens_total"] for page in pages] == [0, 1, 2]
    assert "startup_total_s" not in pages[0].counters


@pytest.mark.parametrize(
    ("pages", "expected"),
    [
        ([drafting(0, 0, 0), drafting(60, 120, 90)], Speculation(0.75, 2.5)),
        ([drafting(10, 30, 0), drafting(20, 60, 0)], Speculation(0.0, 1.0)),
        ([drafting(10, 30, 9), drafting(10, 30, 9)], None),
        ([{"vllm:num_requests_running": 1}] * 2, None),
        ([{"llamacpp:requests_processing": 1}] * 2, None),
        (
            [{"tgi_request_skipped_tokens_sum": 1}, {"tgi_request_skipped_tokens_sum": 5}],
            Speculation(None, None),
        ),
        ([sglang(1, spec_accept_length=0, spec_accept_rate=0)] * 2, None),
        (
            [
                sglang(0, spec_accept_length=9, spec_accept_rate=0.9),
                sglang(2, spec_accept_length=2, spec_accept_rate=0.5),
                sglang(2, spec_accept_length=3, spec_accept_rate=0.7),
            ],
            Speculation(0.6, 2.5),
        ),
        (
            [
                sglang(0, spec_verify_calls_total=0, generation_tokens_total=0, num_requests_total=0),
                sglang(2, spec_verify_calls_total=30, generation_tokens_total=100, num_requests_total=10),
            ],
            Speculation(None, 3.0),
        ),
        (
            [
                {"trtllm_spec_decode_num_draft_tokens_total": 0},
                {
                    "trtllm_spec_decode_num_draft_tokens_total": 40,
                    "trtllm_spec_decode_num_accepted_tokens_total": 10,
                },
            ],
            Speculation(0.25, None),
        ),
    ],
)
def test_speculation(pages: list[dict[str, float]], expected: Speculation | None) -> None:
    assert speculation_in(history(*pages)) == expected

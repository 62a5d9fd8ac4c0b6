"""Figures against values computed by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from tasks.config.load_kinds.closed_loop import ClosedLoop
from tasks.measure.jobs import PointJob
from tasks.measure.speed.figures.figure_registry import FIGURES
from tasks.measure.speed.figures.point_figures import point_result
from tasks.measure.speed.figures.point_result import PointResult
from tasks.measure.speed.measurement import Measurement
from tasks.measure.speed.request_row import RequestRow
from tasks.probe.reading import Reading


def row(index: int, **fields: Any) -> RequestRow:
    """A successful request of 1 s with TTFT 0.5 s, 10 tokens in and 6 out, unless told otherwise."""
    values: dict[str, Any] = {
        "warmup": False,
        "sent_at": datetime(2026, 1, 1, tzinfo=UTC),
        "client_delay_s": 0.001,
        "ttft_s": 0.5,
        "tpot_s": 0.1,
        "latency_s": 1.0,
        "itl_s": (0.1,) * 5,
        "input_tokens": 10,
        "output_tokens": 6,
        "cached_tokens": 0,
        "finish_reason": "length",
        "status_code": 200,
        "error": None,
        "succeeded": True,
    }
    return RequestRow(index=index, **(values | fields))


def failed(index: int, error: str) -> RequestRow:
    """A request that got an error."""
    nothing: dict[str, Any] = dict.fromkeys(
        ("ttft_s", "tpot_s", "latency_s", "input_tokens", "output_tokens")
    )
    return row(index, itl_s=(), error=error, succeeded=False, status_code=500, **nothing)


def result_of(job: PointJob, rows: Sequence[RequestRow], duration_s: float) -> PointResult:
    """The figures of rows that took so long."""
    return point_result(job, Measurement(rows=tuple(rows), duration_s=duration_s))


def test_a_time_has_a_mean_and_the_percentiles_that_its_values_carry(
    make_job: Callable[..., PointJob],
) -> None:
    rows = [row(0, ttft_s=3.0), row(1, ttft_s=1.0)]
    result = result_of(make_job(requests=2), rows, 1.0)
    found = [result[f"ttft_{statistic}_s"] for statistic in ("mean", "p50", "p90", "p99")]
    assert found == [2.0, 2.0, None, None]


def test_every_figure_has_an_entry_and_a_value_or_none(make_job: Callable[..., PointJob]) -> None:
    result = result_of(make_job(requests=1), [row(0)], 1.0)
    assert list(result.figures) == [figure.name for figure in FIGURES]
    assert result["itl_p99_s"] is None
    with pytest.raises(KeyError):
        result["ttft_p42_s"]


def test_warm_up_and_failures_stay_out_of_the_figures(make_job: Callable[..., PointJob]) -> None:
    job = make_job(requests=4, warmup_requests=1)
    rows = [row(0, warmup=True, ttft_s=9.0), row(1), row(2, ttft_s=0.7), failed(3, "HTTP 500: no"), row(4)]
    result = result_of(job, rows, 2.0)
    assert (result.succeeded, result.failed, result.first_error) == (3, 1, "HTTP 500: no")
    assert result["ttft_mean_s"] == pytest.approx((0.5 + 0.7 + 0.5) / 3)
    assert result["request_throughput"] == pytest.approx(1.5)
    assert result["input_token_throughput"] == pytest.approx(15)
    assert result["output_token_throughput"] == pytest.approx(9)
    assert result["total_token_throughput"] == pytest.approx(24)
    assert (result["input_tokens_mean"], result["output_tokens_mean"]) == (10, 6)


def test_lengths_have_percentiles_and_a_maximum(make_job: Callable[..., PointJob]) -> None:
    result = result_of(
        make_job(requests=3), [row(n, input_tokens=n, output_tokens=None) for n in (4, 1, 2)], 1.0
    )
    assert (result["input_tokens_p50"], result["input_tokens_max"], result["input_tokens_p90"]) == (
        2,
        4,
        None,
    )
    assert result["output_tokens_max"] is None


def test_a_user_and_a_gpu_get_their_share(make_job: Callable[..., PointJob]) -> None:
    """Two GPUs; TPOT 0.1 s on average is 10 tokens a second."""
    when = datetime(2026, 1, 1, tzinfo=UTC)
    readings = [Reading(when, "gpu", f"power_w_gpu{number % 2}", 1.0) for number in range(6)]
    measurement = Measurement(rows=(row(0), row(1, tpot_s=0.1)), duration_s=2.0)
    result = point_result(make_job(requests=2), measurement, readings)
    assert result["output_throughput_per_user"] == pytest.approx(10)
    assert result["output_throughput_per_gpu"] == pytest.approx(12 / 2 / 2)
    assert result_of(make_job(requests=1), [row(0)], 1.0)["output_throughput_per_gpu"] is None


def test_a_p99_is_given_with_its_upper_bound_from_662_requests_on(make_job: Callable[..., PointJob]) -> None:
    rows = [row(number, latency_s=float(number)) for number in range(662)]
    result = result_of(make_job(requests=662), rows, 1.0)
    assert result["latency_p99_sure_s"] == 661
    assert result_of(make_job(requests=661), rows[:661], 1.0)["latency_p99_sure_s"] is None


def test_itl_pools_the_chunks_of_all_requests(make_job: Callable[..., PointJob]) -> None:
    rows = [row(0, itl_s=(0.1,) * 3), row(1, itl_s=(0.5,))]
    assert result_of(make_job(requests=2), rows, 1.0)["itl_mean_s"] == pytest.approx(0.2)


def test_what_is_sustained_leaves_out_the_first_and_the_last_slots(make_job: Callable[..., PointJob]) -> None:
    times = [9.0, 9.0, 2.0, 3.0, 9.0, 9.0]
    rows = [
        row(n, latency_s=time - 0.5, client_delay_s=0.5, sent_at=datetime(2026, 1, 1, 0, 0, n, tzinfo=UTC))
        for n, time in enumerate(times)
    ]
    result = result_of(make_job(concurrency=2, requests=6), rows, 9.0)
    assert result["sustained_throughput"] == pytest.approx(2 / 2.5)
    assert result["pace"] is None


@pytest.mark.parametrize("end", [{"error": "no complete response within 60 s"}, {"abandoned": True}])
def test_a_request_that_holds_its_slot_for_an_unknown_time_leaves_open_what_is_sustained(
    make_job: Callable[..., PointJob], end: dict[str, Any]
) -> None:
    # Two slots of 1 s: 2 a second. One of the requests in between held its slot for a minute.
    sent = [datetime(2026, 1, 1, 0, 0, n // 2, tzinfo=UTC) for n in range(10)]
    rows = [row(n, latency_s=1.0, client_delay_s=0.0, sent_at=sent[n]) for n in range(10)]
    job = make_job(concurrency=2, requests=10)
    assert result_of(job, rows, 5.0)["sustained_throughput"] == pytest.approx(2)
    rows[5] = row(5, latency_s=None, succeeded=False, sent_at=sent[5], **end)
    assert result_of(job, rows, 65.0)["sustained_throughput"] is None


def test_an_abandoned_request_holds_its_slot_until_it_is_abandoned(
    make_job: Callable[..., PointJob],
) -> None:
    # Two slots of 1 s, of which one request in four takes 0.5 s: 2 / (0.75 · 1 + 0.25 · 0.5) · 0.75 a second.
    rows = [row(n, sent_at=datetime(2026, 1, 1, 0, 0, n, tzinfo=UTC), **OF_1_S) for n in range(12)]
    for n in (2, 6, 10):
        rows[n] = row(n, sent_at=rows[n].sent_at, **(OF_1_S | {"latency_s": None}), **ABANDONED)
    job = make_job(concurrency=2, requests=12, abandon={"share": 0.25, "after_s": 0.5})
    result = result_of(job, rows, 6.0)
    assert (result.succeeded, result.failed, result.abandoned) == (9, 0, 3)
    assert result["sustained_throughput"] == pytest.approx(2 * 0.75 / 0.875)
    rows[5] = row(5, latency_s=None, succeeded=False, error="reset", sent_at=rows[5].sent_at)
    assert result_of(job, rows, 6.0)["sustained_throughput"] is None


OF_1_S = {"latency_s": 1.0, "client_delay_s": 0.0}
ABANDONED = {"succeeded": False, "abandoned": True}


def test_a_request_that_never_came_counts_as_failed(make_job: Callable[..., PointJob]) -> None:
    assert result_of(make_job(requests=3), [row(0)], 1.0).failed == 2


def test_a_process_that_died_before_its_first_row_has_failed_whatever_its_load(
    make_job: Callable[..., PointJob],
) -> None:
    load = ClosedLoop(concurrency=2, requests=50, duration_s=1.0)
    job = make_job(load=(load,)).model_copy(update={"load": load})
    assert result_of(job, (), 0.0).failed == 50
    assert result_of(job, [row(0)], 1.0).failed == 0


def test_an_all_failed_point_has_no_figures_and_says_why(make_job: Callable[..., PointJob]) -> None:
    result = result_of(make_job(requests=2), [failed(0, "first"), failed(1, "second")], 0.0)
    assert (result.succeeded, result.failed, result.first_error) == (0, 2, "first")
    assert [result[name] for name in ("ttft_mean_s", "itl_mean_s", "latency_p50_s")] == [None] * 3
    assert result["request_throughput"] == result["total_token_throughput"] == 0
    assert result["input_tokens_mean"] is None

"""Figures against values computed by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from tasks.config.load import Load
from tasks.measure.jobs import PointJob
from tasks.measure.results import Distribution, RequestRow
from tasks.measure.speed.point_figures import distribution, percentile, point_result


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


def test_percentiles_interpolate_between_order_statistics() -> None:
    values = [float(number) for number in range(1, 11)]
    assert percentile(values, 50) == pytest.approx(5.5)
    assert percentile(values, 90) == pytest.approx(9.1)
    assert percentile([float(number) for number in range(1, 101)], 99) == pytest.approx(99.01)
    assert percentile([float(number) for number in range(20)], 95) == pytest.approx(18.05)


@pytest.mark.parametrize(("percent", "needed"), [(50, 2), (90, 10), (95, 20), (99, 100)])
def test_a_percentile_needs_enough_values(percent: int, needed: int) -> None:
    assert percentile([1.0] * needed, percent) == 1.0
    assert percentile([1.0] * (needed - 1), percent) is None


def test_a_distribution_sorts_and_has_a_mean() -> None:
    assert distribution([3.0, 1.0]) == Distribution(mean=2.0, p50=2.0)
    assert distribution([]) == Distribution()


def test_warm_up_and_failures_stay_out_of_the_figures(make_job: Callable[..., PointJob]) -> None:
    job = make_job(requests=4, warmup_requests=1)
    rows = [row(0, warmup=True, ttft_s=9.0), row(1), row(2, ttft_s=0.7), failed(3, "HTTP 500: no"), row(4)]
    result = point_result(job, rows, duration_s=2.0)
    assert (result.succeeded, result.failed, result.first_error) == (3, 1, "HTTP 500: no")
    assert result.ttft.mean == pytest.approx((0.5 + 0.7 + 0.5) / 3)
    assert result.request_throughput == pytest.approx(1.5)
    assert result.input_token_throughput == pytest.approx(15)
    assert result.output_token_throughput == pytest.approx(9)
    assert result.total_token_throughput == pytest.approx(24)
    assert (result.input_tokens_mean, result.output_tokens_mean) == (10, 6)


def test_itl_pools_the_chunks_of_all_requests(make_job: Callable[..., PointJob]) -> None:
    rows = [row(0, itl_s=(0.1,) * 3), row(1, itl_s=(0.5,))]
    assert point_result(make_job(requests=2), rows, 1.0).itl.mean == pytest.approx(0.2)


def test_what_is_sustained_leaves_out_the_first_and_the_last_slots(make_job: Callable[..., PointJob]) -> None:
    times = [9.0, 9.0, 2.0, 3.0, 9.0, 9.0]
    rows = [
        row(n, latency_s=time - 0.5, client_delay_s=0.5, sent_at=datetime(2026, 1, 1, 0, 0, n, tzinfo=UTC))
        for n, time in enumerate(times)
    ]
    result = point_result(make_job(concurrency=2, requests=6), rows, 9.0)
    assert result.sustained_throughput == pytest.approx(2 / 2.5)
    assert result.pace is None


def test_a_request_that_never_came_counts_as_failed(make_job: Callable[..., PointJob]) -> None:
    assert point_result(make_job(requests=3), [row(0)], 1.0).failed == 2


def test_a_process_that_died_before_its_first_row_has_failed_whatever_its_load(
    make_job: Callable[..., PointJob],
) -> None:
    load = Load(concurrency=2, requests=50, duration_s=1.0)
    job = make_job(load=(load,)).model_copy(update={"load": load})
    assert point_result(job, (), 0.0).failed == 50
    assert point_result(job, [row(0)], 1.0).failed == 0


def test_an_all_failed_point_has_no_figures_and_says_why(make_job: Callable[..., PointJob]) -> None:
    result = point_result(make_job(requests=2), [failed(0, "first"), failed(1, "second")], 0.0)
    assert (result.succeeded, result.failed, result.first_error) == (0, 2, "first")
    assert result.ttft == result.itl == Distribution()
    assert result.request_throughput == result.total_token_throughput == 0
    assert result.input_tokens_mean is None

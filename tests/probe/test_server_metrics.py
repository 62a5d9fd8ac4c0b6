"""The server's metrics, read from its Prometheus page."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx
import pytest

from tasks.probe.engine_metrics.meaning import Meaning
from tasks.probe.http_client import client_for
from tasks.probe.server_metrics import MetricsReader, ServerMetrics, read_metrics
from tests.probe.talk import ENDPOINT, Answer, AnswerOrHandler, server

PAGE = """\
# HELP vllm:prompt_tokens_total Number of prefill tokens processed.
# TYPE vllm:prompt_tokens_total counter
vllm:prompt_tokens_total{engine="0",model_name="tiny"} 100.0
vllm:prompt_tokens_total{engine="1",model_name="tiny"} 23.0
vllm:prompt_tokens_created{engine="0",model_name="tiny"} 1.7e+09
vllm:request_success_total{engine="0",finished_reason="stop",model_name="a \\"b\\" {c}"} 2.0
vllm:request_success_total{engine="0",finished_reason="length",model_name="tiny"} 3.0
# TYPE vllm:kv_cache_usage_perc gauge
vllm:kv_cache_usage_perc{engine="0"} 0.25
vllm:kv_cache_usage_perc{engine="1"} 0.5
# TYPE vllm:time_to_first_token_seconds histogram
vllm:time_to_first_token_seconds_bucket{engine="0",le="0.001"} 0.0
vllm:time_to_first_token_seconds_bucket{engine="0",le="+Inf"} 5.0
vllm:time_to_first_token_seconds_count{engine="0"} 5.0
vllm:time_to_first_token_seconds_sum{engine="0"} 0.75
python_gc_objects_collected_total{generation="0"} 9.0
"""
OLD_PAGE = """\
vllm:gpu_cache_usage_perc 0.5
vllm:time_per_output_token_seconds_sum 2.0
vllm:gpu_prefix_cache_hits_total 7.0
vllm:prefix_cache_hits_total 8.0
"""


def read(answer: AnswerOrHandler) -> ServerMetrics | None:
    """Return the metrics of a server that answers this to /metrics."""
    return read_metrics(ENDPOINT, client=client_for(ENDPOINT, server(metrics=answer)))


def test_values_are_summed_over_labels() -> None:
    metrics = read(httpx.Response(200, text=PAGE))
    assert metrics
    assert metrics.counters == {
        "vllm:prompt_tokens_total": 123.0,
        "vllm:request_success_total": 5.0,
        "vllm:kv_cache_usage_perc": 0.5,
        "vllm:time_to_first_token_seconds_count": 5.0,
        "vllm:time_to_first_token_seconds_sum": 0.75,
    }
    assert abs((datetime.now(UTC) - metrics.time).total_seconds()) < 60


def test_the_time_is_that_of_the_request() -> None:
    """A slow response does not make its values newer."""
    requested_at: list[datetime] = []

    def answer(request: httpx.Request) -> httpx.Response:
        requested_at.append(datetime.now(UTC))
        return httpx.Response(200, text=PAGE)

    metrics = read(answer)
    assert metrics
    assert metrics.time <= requested_at[0]


def test_old_names_are_renamed() -> None:
    metrics = read(httpx.Response(200, text=OLD_PAGE))
    assert metrics
    assert metrics.counters == {
        "vllm:kv_cache_usage_perc": 0.5,
        "vllm:inter_token_latency_seconds_sum": 2.0,
        "vllm:prefix_cache_hits_total": 8.0,
    }


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(404),
        httpx.Response(200, text="<html>no metrics</html>"),
        httpx.Response(200, text="dynamo_frontend_requests_total 3.0\n"),
        httpx.Response(200, text="vllm:prompt_tokens_total{engine= nonsense\n"),
        httpx.ConnectError("refused"),
    ],
)
def test_a_server_without_metrics(answer: Answer) -> None:
    assert read(answer) is None


def test_a_list_of_statistics_is_no_page_and_is_asked_for_once() -> None:
    """trtllm-serve answers /metrics with JSON, and has its Prometheus page at another address."""
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(200, json=[{"iter": 1}])

    page = httpx.Response(200, text="trtllm_request_success_total 3.0\n")
    client = client_for(ENDPOINT, server(metrics=answer, prometheus_metrics=page))
    reader = MetricsReader(ENDPOINT, client)
    for _ in range(2):
        metrics = reader.read()
        assert metrics
        assert metrics.value(Meaning.FINISHED) == 3
    assert asked == ["/metrics"]


def test_values_that_are_no_numbers_are_left_out() -> None:
    page = 'vllm:kv_cache_usage_perc{engine="0"} NaN\nvllm:kv_cache_usage_perc{engine="1"} 0.5\n'
    metrics = read(httpx.Response(200, text=page + "vllm:prompt_tokens_total +Inf\n"))
    assert metrics
    assert metrics.counters == {"vllm:kv_cache_usage_perc": 0.5}

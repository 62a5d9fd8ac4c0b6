"""The server's figures, and how they are followed over time."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import httpx
import pytest

from tasks.probe.http_client import client_for
from tasks.probe.sampler import ServerSource, sampling
from tasks.probe.server_metrics import ServerMetrics, read_metrics
from tests.probe.talk import ENDPOINT, Answer, server

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


def read(answer: Answer) -> ServerMetrics | None:
    """Read what a server answers for /metrics."""
    return read_metrics(ENDPOINT, client=client_for(ENDPOINT, server(metrics=answer)))


def test_figures_are_summed_over_labels() -> None:
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


def test_figures_are_as_old_as_the_question() -> None:
    """One asked for before another is not taken for newer because its answer was slow."""
    asked: list[datetime] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(datetime.now(UTC))
        return httpx.Response(200, text=PAGE)

    metrics = read(answer)
    assert metrics
    assert metrics.time <= asked[0]


def test_old_names_are_read_as_the_new_ones() -> None:
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
        httpx.Response(200, text="<html>no figures</html>"),
        httpx.Response(200, text="sglang:prompt_tokens_total 3.0\n"),
        httpx.Response(200, text="vllm:prompt_tokens_total{engine= nonsense\n"),
        httpx.ConnectError("refused"),
    ],
)
def test_a_server_without_figures(answer: Answer) -> None:
    assert read(answer) is None


class Counting:
    """Answers each reading with the next number, then as `end` says; `read` is set at the `enough`th."""

    def __init__(self, enough: int, end: Answer | None = None) -> None:
        self.number, self.enough, self.end = 0, enough, end
        self.reached = threading.Event()

    def __call__(self, request: httpx.Request) -> Answer:
        self.number += 1
        if self.number > self.enough:
            self.reached.set()
            if self.end:
                return self.end
        return httpx.Response(200, text=f"vllm:num_requests_running {self.number}.0\n")


def test_samples_come_in_order_until_the_block_is_left() -> None:
    answers = Counting(3)
    with sampling(ServerSource(ENDPOINT, 0.01, server(metrics=answers))) as samples:
        assert answers.reached.wait(20)
    rows, number = samples.rows, answers.number
    assert [row.value for row in rows] == [float(place) for place in range(1, len(rows) + 1)]
    assert len(rows) >= 3
    assert {(row.source, row.metric) for row in rows} == {("server", "vllm:num_requests_running")}
    assert [row.time for row in rows] == sorted(row.time for row in rows)
    assert not [thread for thread in threading.enumerate() if thread.name == "telemetry-server"]
    assert (answers.number, samples.rows) == (number, rows)


@pytest.mark.parametrize("end", [httpx.ConnectError("gone"), httpx.Response(500)])
def test_a_server_that_goes_away_gives_no_more_samples(end: Answer) -> None:
    answers = Counting(2, end)
    with sampling(ServerSource(ENDPOINT, 0.01, server(metrics=answers))) as samples:
        assert answers.reached.wait(20)
    assert [row.value for row in samples.rows] == [1.0, 2.0]


def test_leaving_does_not_wait_for_the_next_reading() -> None:
    answers = Counting(0)
    with sampling(ServerSource(ENDPOINT, 3600, server(metrics=answers))) as samples:
        assert answers.reached.wait(20)
    assert len(samples.rows) == 1

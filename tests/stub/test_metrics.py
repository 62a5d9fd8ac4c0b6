"""The metrics agree with what was sent."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from stub.process import Stub, stub_server
from tests.helpers.wait import until
from tests.stub.streaming_client import completion_body, stream_all, stream_one


def test_counters_and_histograms() -> None:
    with stub_server(ttft=0.02, itl=0.05, model="m") as stub:
        url = f"{stub.url}/completions"
        assert stub.metric("vllm:request_success_total") == 0
        whole = {"model": "m", "prompt": "a b", "max_tokens": 99}
        stream_all(url, [completion_body(10, model="m")] * 4 + [whole])
        stream_one(url, {"model": "absent"})
        assert stub.metric("vllm:request_success_total", finished_reason="length", model_name="m") == 4
        assert stub.metric("vllm:request_success_total", finished_reason="stop") == 1
        assert stub.metric("vllm:prompt_tokens_total") == stub.metric("vllm:prefix_cache_queries_total") == 14
        assert stub.metric("vllm:generation_tokens_total") == 4 * 10 + 64
        assert stub.metric("vllm:prefix_cache_hits_total") == stub.metric("vllm:num_preemptions_total") == 0
        assert stub.metric("vllm:num_requests_running") == stub.metric("vllm:num_requests_waiting") == 0
        entries = [entry for entry in stub.log() if entry.tokens]
        ttft = stub.metric("vllm:time_to_first_token_seconds_sum")
        assert ttft == pytest.approx(sum(entry.ttft for entry in entries))
        assert stub.metric("vllm:time_to_first_token_seconds_count") == 5
        # The response that was not streamed has no time between tokens.
        assert stub.metric("vllm:inter_token_latency_seconds_count") == 4 * 9
        between = sum(entry.itl * 9 for entry in entries if entry.tokens == 10)
        assert stub.metric("vllm:inter_token_latency_seconds_sum") == pytest.approx(between)
        assert stub.metric("vllm:e2e_request_latency_seconds_count") == 5
        # On a busy machine a token that is late is close to the next one, but never are all of them.
        assert stub.metric("vllm:inter_token_latency_seconds_bucket", le="0.001") < 4 * 9
        assert stub.metric("vllm:inter_token_latency_seconds_bucket", le="+Inf") == 4 * 9
        assert stub.metric("process_start_time_seconds") > 0
        with pytest.raises(KeyError):
            stub.metric("vllm:no_such_thing")


def test_gauges_while_requests_run_and_the_abort_when_the_client_leaves() -> None:
    with stub_server(ttft=60, slots=1) as stub:
        with open_request(stub):
            assert until(lambda: stub.metric("vllm:num_requests_running") == 1)
            assert stub.metric("vllm:kv_cache_usage_perc") == 1
            with open_request(stub):
                assert until(lambda: stub.metric("vllm:num_requests_waiting") == 1)
            assert until(lambda: stub.metric("vllm:num_requests_waiting") == 0)
            assert stub.metric("vllm:num_requests_running") == 1
        assert until(lambda: stub.metric("vllm:num_requests_running") == 0)
        assert [entry.status for entry in stub.log()] == [499, 499]
        # The request that waited for a slot had generated nothing, so it counts as no abort.
        assert stub.metric("vllm:request_success_total", finished_reason="abort") == 1


@contextmanager
def open_request(stub: Stub) -> Iterator[None]:
    """Send a request, and close its connection at the end of the block."""
    body = json.dumps(completion_body(2)).encode()
    head = f"POST /v1/completions HTTP/1.1\r\nHost: stub\r\nContent-Length: {len(body)}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", stub.port)) as connection:
        connection.sendall(head.encode() + body)
        yield

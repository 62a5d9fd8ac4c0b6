"""The counters a benchmark is checked against agree with what was sent."""

import httpx
import pytest

from tests.stub.client import fixed, hear
from tests.stub.process import stub_server


def test_counters_and_histograms():
    with stub_server(ttft=0.02, itl=0.002, model="m") as stub:
        url = f"{stub.url}/completions"
        assert stub.metric("vllm:request_success_total") == 0
        hear(url, [fixed(10, model="m")] * 4 + [{"model": "m", "prompt": "a b", "max_tokens": 99}])
        hear(url, [{"model": "absent"}])
        assert stub.metric("vllm:request_success_total", finished_reason="length", model_name="m") == 4
        assert stub.metric("vllm:request_success_total", finished_reason="stop") == 1
        assert stub.metric("vllm:prompt_tokens_total") == stub.metric("vllm:prefix_cache_queries_total") == 14
        assert stub.metric("vllm:generation_tokens_total") == 4 * 10 + 64
        assert stub.metric("vllm:prefix_cache_hits_total") == stub.metric("vllm:num_preemptions_total") == 0
        assert stub.metric("vllm:num_requests_running") == stub.metric("vllm:num_requests_waiting") == 0
        rows = [row for row in stub.log() if row.tokens]
        ttft = stub.metric("vllm:time_to_first_token_seconds_sum")
        assert ttft == pytest.approx(sum(row.ttft for row in rows))
        assert stub.metric("vllm:time_to_first_token_seconds_count") == 5
        # The one that was not streamed left whole, so it has no gaps.
        assert stub.metric("vllm:inter_token_latency_seconds_count") == 4 * 9
        itl = stub.metric("vllm:inter_token_latency_seconds_sum") / (4 * 9)
        assert itl == pytest.approx(0.002, rel=0.2)
        assert stub.metric("vllm:e2e_request_latency_seconds_count") == 5
        assert stub.metric("vllm:inter_token_latency_seconds_bucket", le="0.001") == 0
        assert stub.metric("vllm:inter_token_latency_seconds_bucket", le="+Inf") == 4 * 9
        assert stub.metric("process_start_time_seconds") > 0
        with pytest.raises(KeyError):
            stub.metric("vllm:no_such_thing")


def test_gauges_while_requests_run_and_abort_when_the_client_leaves():
    with stub_server(ttft=60, slots=1) as stub, httpx.Client(trust_env=False) as client:
        with pytest.raises(httpx.ReadTimeout):
            client.post(f"{stub.url}/completions", json=fixed(2, stream=False), timeout=0.2)
        stub.clear_log()
        hear(f"{stub.url}/completions", [fixed(2)] * 2, timeout_s=0.3)
        # Both left; what they held is free again and the one that ran is counted as aborted.
        assert [row.status for row in stub.log()] == [499, 499]
        assert stub.metric("vllm:num_requests_running") == stub.metric("vllm:num_requests_waiting") == 0
        assert stub.metric("vllm:request_success_total", finished_reason="abort") == 2


def test_no_metrics(stub):
    root = stub(no_metrics=True).root
    assert httpx.get(f"{root}/metrics", trust_env=False).status_code == 404

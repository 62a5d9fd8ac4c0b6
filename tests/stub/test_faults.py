"""Each fault has the effect of its name, on the requests that its rule selects."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

import aiohttp
import httpx
import pytest

from stub.faults import KINDS, Fault
from stub.process import Stub, stub_server
from stub.request_log import LoggedRequest
from tests.stub.streaming_client import StreamedResponse, completion_body, stream_one

TOKENS = 10


@pytest.fixture(scope="module")
def server() -> Iterator[Stub]:
    """A stub for all tests of this module."""
    with stub_server(ttft=0.005, itl=0.001) as stub:
        yield stub


def stream_with_fault(
    server: Stub, kind: str, timeout_s: float = 10.0
) -> tuple[StreamedResponse, LoggedRequest]:
    """Send one streamed request under a fault. Returns what the client received, and the stub's log entry."""
    server.faults([{"kind": kind}])
    server.clear_log()
    response = stream_one(f"{server.url}/completions", completion_body(TOKENS), timeout_s)
    (entry,) = server.log()
    assert entry.fault == kind
    return response, entry


@pytest.mark.parametrize(("kind", "status"), [("error500", 500), ("error429", 429)])
def test_a_refusal(server: Stub, kind: str, status: int) -> None:
    response, entry = stream_with_fault(server, kind)
    assert response.status == entry.status == status
    assert entry.tokens == 0


def test_drop(server: Stub) -> None:
    response, entry = stream_with_fault(server, "drop")
    assert isinstance(response.error, aiohttp.ServerDisconnectedError)
    assert entry.status is None


def test_reset(server: Stub) -> None:
    response, entry = stream_with_fault(server, "reset")
    assert isinstance(response.error, aiohttp.ClientError)
    assert not response.done
    assert entry.tokens == TOKENS // 2
    # The operating system distinguishes a reset from a close.
    assert "Connection reset by peer" in str(response.error)


def test_stall_and_hang(server: Stub) -> None:
    stalled, entry = stream_with_fault(server, "stall", timeout_s=2.0)
    assert isinstance(stalled.error, TimeoutError)
    assert len(stalled.texts) == entry.tokens == TOKENS // 2
    hung, entry = stream_with_fault(server, "hang", timeout_s=0.3)
    assert isinstance(hung.error, TimeoutError)
    assert (hung.texts, entry.tokens) == ([], 0)


def test_short(server: Stub) -> None:
    response, _ = stream_with_fault(server, "short")
    assert len(response.texts) == response.usage["completion_tokens"] == TOKENS - 1


def test_lying_usage(server: Stub) -> None:
    before = server.metric("vllm:generation_tokens_total")
    response, entry = stream_with_fault(server, "lying_usage")
    assert len(response.texts) == entry.tokens == TOKENS
    assert response.usage["completion_tokens"] == TOKENS + 1
    assert server.metric("vllm:generation_tokens_total") == before + TOKENS


def test_no_usage(server: Stub) -> None:
    response, _ = stream_with_fault(server, "no_usage")
    assert response.done
    assert not any("usage" in event for event in response.events)


def test_wrong_model(server: Stub) -> None:
    response, _ = stream_with_fault(server, "wrong_model")
    assert {event["model"] for event in response.events} == {"another-model"}


def test_cached(server: Stub) -> None:
    before = server.metric("vllm:prefix_cache_hits_total")
    response, _ = stream_with_fault(server, "cached")
    assert response.usage["prompt_tokens_details"]["cached_tokens"] == 3
    assert server.metric("vllm:prefix_cache_hits_total") == before + 3


def test_slow_token(server: Stub) -> None:
    response, entry = stream_with_fault(server, "slow_token")
    gaps = [later - earlier for earlier, later in pairwise(response.received)]
    assert len(gaps) == TOKENS  # the last event has the usage
    assert max(gaps) > 0.5
    assert 0.005 + 1.0 + (TOKENS - 2) * 0.001 <= entry.latency < 2.0  # one token, not two


def test_in_band_error(server: Stub) -> None:
    response, entry = stream_with_fault(server, "in_band_error")
    assert response.status == entry.status == 200
    assert response.events[-1]["error"]["code"] == 500
    assert (len(response.texts), response.done) == (TOKENS // 2, False)


def test_die(stub: Callable[..., Stub]) -> None:
    dying = stub(faults=[{"kind": "die"}])
    response = stream_one(f"{dying.url}/completions", completion_body(TOKENS))
    assert isinstance(response.error, aiohttp.ClientError)
    assert dying.process.wait(60) == 1


@pytest.mark.parametrize("kind", ["reset", "drop", "in_band_error", "no_usage"])
def test_faults_of_responses_that_are_not_streamed(server: Stub, kind: str) -> None:
    server.faults([{"kind": kind}])
    body = completion_body(TOKENS, stream=False)
    if kind in ("reset", "drop"):
        with pytest.raises(httpx.TransportError):
            httpx.post(f"{server.url}/completions", json=body, trust_env=False)
    else:
        response: dict[str, Any] = httpx.post(f"{server.url}/completions", json=body, trust_env=False).json()
        assert ("error" in response) == (kind == "in_band_error")
        assert "usage" not in response


def test_requests_are_counted_from_the_setting_of_the_faults(server: Stub) -> None:
    server.faults([{"kind": "error500", "first": 1, "count": 2}, {"kind": "error429", "every": 5}])
    url = f"{server.url}/completions"
    statuses = [stream_one(url, completion_body(1)).status for _ in range(6)]
    assert statuses == [200, 500, 500, 200, 429, 200]


def test_invalid_faults_are_refused(server: Stub) -> None:
    with pytest.raises(ValueError, match="unknown fault 'eror500'"):
        server.faults([{"kind": "eror500"}])
    with pytest.raises(ValueError, match="frist"):
        server.faults([{"kind": "drop", "frist": 1}])
    with pytest.raises(ValueError, match="every"):
        server.faults([{"kind": "drop", "every": 0}])


def test_the_requests_that_a_fault_applies_to() -> None:
    assert [n for n in range(6) if Fault("drop", first=2).applies_to(n)] == [2, 3, 4, 5]
    assert [n for n in range(6) if Fault("drop", first=2, count=1).applies_to(n)] == [2]
    assert [n for n in range(6) if Fault("drop", every=2).applies_to(n)] == [1, 3, 5]
    assert len(KINDS) == 14

"""Each fault is what its name says, and strikes where it was told to."""

import aiohttp
import httpx
import pytest

from tests.stub.client import fixed, hear
from tests.stub.faults import KINDS, Fault
from tests.stub.process import stub_server

TOKENS = 10


@pytest.fixture(scope="module")
def server():
    with stub_server(ttft=0.005, itl=0.001) as stub:
        yield stub


def struck(server, kind, timeout_s=10.0, **more):
    """One streamed request under a fault: what the client heard and the stub's row."""
    server.faults([{"kind": kind}])
    server.clear_log()
    (heard,) = hear(f"{server.url}/completions", [fixed(TOKENS, **more)], timeout_s)
    (row,) = server.log()
    assert row.fault == kind
    return heard, row


@pytest.mark.parametrize(("kind", "status"), [("error500", 500), ("error429", 429)])
def test_refused(server, kind, status):
    heard, row = struck(server, kind)
    assert heard.status == row.status == status
    assert row.tokens == 0


def test_drop(server):
    heard, row = struck(server, "drop")
    assert isinstance(heard.error, aiohttp.ServerDisconnectedError)
    assert row.status is None


def test_reset(server):
    heard, row = struck(server, "reset")
    assert isinstance(heard.error, aiohttp.ClientError)
    assert not heard.done
    assert row.tokens == TOKENS // 2
    # A reset, unlike a close, is seen as such by the operating system.
    assert "Connection reset by peer" in str(heard.error)


def test_stall_and_hang(server):
    stalled, row = struck(server, "stall", timeout_s=0.3)
    assert isinstance(stalled.error, TimeoutError)
    assert len(stalled.texts) == row.tokens == TOKENS // 2
    hung, row = struck(server, "hang", timeout_s=0.3)
    assert isinstance(hung.error, TimeoutError)
    assert (hung.texts, row.tokens) == ([], 0)


def test_short(server):
    heard, _ = struck(server, "short")
    assert len(heard.texts) == heard.usage["completion_tokens"] == TOKENS - 1


def test_lying_usage(server):
    before = server.metric("vllm:generation_tokens_total")
    heard, row = struck(server, "lying_usage")
    assert len(heard.texts) == row.tokens == TOKENS
    assert heard.usage["completion_tokens"] == TOKENS + 1
    assert server.metric("vllm:generation_tokens_total") == before + TOKENS


def test_no_usage(server):
    heard, _ = struck(server, "no_usage")
    assert heard.done
    assert not any("usage" in event for event in heard.events)


def test_wrong_model(server):
    heard, _ = struck(server, "wrong_model")
    assert {event["model"] for event in heard.events} == {"another-model"}


def test_cached(server):
    before = server.metric("vllm:prefix_cache_hits_total")
    heard, _ = struck(server, "cached")
    assert heard.usage["prompt_tokens_details"]["cached_tokens"] == 3
    assert server.metric("vllm:prefix_cache_hits_total") == before + 3


def test_slow_token(server):
    heard, row = struck(server, "slow_token")
    gaps = [later - earlier for earlier, later in zip(heard.at, heard.at[1:], strict=False)]
    assert sum(gap > 0.5 for gap in gaps) == 1
    assert row.last_sent - row.first_sent == pytest.approx(1.0 + (TOKENS - 2) * 0.001, abs=0.02)


def test_in_band_error(server):
    heard, row = struck(server, "in_band_error")
    assert heard.status == row.status == 200
    assert heard.events[-1]["error"]["code"] == 500
    assert (len(heard.texts), heard.done) == (TOKENS // 2, False)


def test_die(stub):
    dying = stub(faults=[{"kind": "die"}])
    (heard,) = hear(f"{dying.url}/completions", [fixed(TOKENS)])
    assert isinstance(heard.error, aiohttp.ClientError)
    assert dying.process.wait(5) == 1


@pytest.mark.parametrize("kind", ["reset", "drop", "in_band_error", "no_usage"])
def test_answers_that_are_not_streamed_go_wrong_too(server, kind):
    server.faults([{"kind": kind}])
    body = fixed(TOKENS, stream=False)
    if kind in ("reset", "drop"):
        with pytest.raises(httpx.TransportError):
            httpx.post(f"{server.url}/completions", json=body, trust_env=False)
    else:
        answer = httpx.post(f"{server.url}/completions", json=body, trust_env=False).json()
        assert ("error" in answer) == (kind == "in_band_error")
        assert "usage" not in answer


def test_requests_are_counted_from_when_the_faults_were_set(server):
    server.faults([{"kind": "error500", "first": 1, "count": 2}, {"kind": "error429", "every": 5}])
    statuses = [hear(f"{server.url}/completions", [fixed(1)])[0].status for _ in range(6)]
    assert statuses == [200, 500, 500, 200, 429, 200]


def test_faults_that_make_no_sense_are_refused(server):
    with pytest.raises(ValueError, match="unknown fault 'eror500'"):
        server.faults([{"kind": "eror500"}])
    with pytest.raises(ValueError, match="frist"):
        server.faults([{"kind": "drop", "frist": 1}])
    with pytest.raises(ValueError, match="every"):
        server.faults([{"kind": "drop", "every": 0}])


def test_which_requests_a_rule_hits():
    assert [n for n in range(6) if Fault("drop", first=2).hits(n)] == [2, 3, 4, 5]
    assert [n for n in range(6) if Fault("drop", first=2, count=1).hits(n)] == [2]
    assert [n for n in range(6) if Fault("drop", every=2).hits(n)] == [1, 3, 5]
    assert len(KINDS) == 14

"""The stub's timings are exact, by its own log and as a client receives them."""

from __future__ import annotations

from statistics import median, quantiles

import pytest

from stub.process import stub_server
from tests.stub.streaming_client import completion_body, stream_all, stream_one

TTFT, ITL, TOKENS = 0.05, 0.01, 64


@pytest.mark.parametrize(("concurrency", "rounds"), [(1, 5), (50, 1)])
def test_exact_by_its_own_log_and_at_a_client(concurrency: int, rounds: int) -> None:
    """A single request may meet a moment when the machine is busy, so there are several rounds of it."""
    responses = []
    with stub_server(ttft=TTFT, itl=ITL) as stub:
        for _ in range(rounds):
            responses += stream_all(f"{stub.url}/completions", [completion_body(TOKENS)] * concurrency)
        entries = stub.log()
    assert [entry.tokens for entry in entries] == [TOKENS] * concurrency * rounds
    assert all(entry.ttft >= TTFT for entry in entries)
    # The lowest tenth shows an error of the stub. The highest one shows a machine that is busy.
    lowest = quantiles([entry.ttft for entry in entries * 2], n=10)[0]
    assert lowest == pytest.approx(TTFT, abs=0.002)
    assert median(entry.ttft for entry in entries) == pytest.approx(TTFT, abs=0.01)
    assert median(entry.itl for entry in entries) == pytest.approx(ITL, rel=0.03)
    assert {len(response.texts) for response in responses} == {TOKENS}
    # A client reads late, never early. Over all tokens of a response that evens out.
    assert min(response.ttft for response in responses) >= TTFT
    spans = [response.received[TOKENS - 1] - response.received[0] for response in responses]
    assert median(spans) / (TOKENS - 1) == pytest.approx(ITL, rel=0.1)


def test_errors_do_not_add_up() -> None:
    with stub_server(ttft=0.01, itl=0.001) as stub:
        stream_one(f"{stub.url}/completions", completion_body(1000))
        (entry,) = stub.log()
    assert entry.last_sent is not None
    assert entry.last_sent - entry.arrived == pytest.approx(1.009, abs=0.02)


def test_several_tokens_a_chunk_leave_ttft_and_tpot_unchanged() -> None:
    with stub_server(ttft=TTFT, itl=ITL, tokens_per_chunk=5) as stub:
        response = stream_one(f"{stub.url}/completions", completion_body(21))
        (entry,) = stub.log()
    assert [text.count(" ") for text in response.texts] == [1, 5, 5, 5, 5]
    assert entry.tokens == 21
    assert entry.ttft == pytest.approx(TTFT, abs=0.01)
    assert entry.itl == pytest.approx(ITL, rel=0.05)


def test_slots_give_a_known_capacity() -> None:
    with stub_server(ttft=0.05, itl=0.01, slots=2) as stub:
        stream_all(f"{stub.url}/completions", [completion_body(6)] * 6)
        entries = stub.log()
        queue_s = stub.metric("vllm:request_queue_time_seconds_sum")
    # A request takes 0.1 s, and two run at a time: in three rounds they wait 0, 0, 0.1, 0.1, 0.2 and 0.2 s.
    waits = sorted((entry.started or 0.0) - entry.arrived for entry in entries)
    assert waits == pytest.approx([0, 0, 0.1, 0.1, 0.2, 0.2], abs=0.03)
    assert queue_s == pytest.approx(sum(waits), abs=0.001)
    assert max(entry.ttft for entry in entries) == pytest.approx(0.25, abs=0.03)


def test_a_latency_of_zero_is_possible() -> None:
    with stub_server(ttft=0, itl=0) as stub:
        stream_one(f"{stub.url}/completions", completion_body(TOKENS))
        (entry,) = stub.log()
    assert entry.last_sent is not None
    assert entry.last_sent - entry.arrived < 0.05

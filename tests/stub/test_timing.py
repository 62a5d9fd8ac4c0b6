"""The stub's timings are exact, by its own log and as a client receives them."""

from __future__ import annotations

from statistics import median, quantiles

import pytest

from stub.process import Stub, stub_server
from stub.request_log import LoggedRequest
from tests.helpers.least import least
from tests.stub.streaming_client import completion_body, stream_all, stream_one

TTFT, ITL, TOKENS = 0.05, 0.01, 64
QUEUED = "vllm:request_queue_time_seconds_sum"


@pytest.mark.parametrize(("concurrency", "rounds"), [(1, 7), (50, 5)])
def test_exact_by_its_own_log_and_at_a_client(concurrency: int, rounds: int) -> None:
    """A request, and all requests of one moment, may meet a busy machine, so there are several rounds."""
    responses = []
    with stub_server(ttft=TTFT, itl=ITL) as stub:
        for _ in range(rounds):
            responses += stream_all(f"{stub.url}/completions", [completion_body(TOKENS)] * concurrency)
        entries = stub.log()
    assert [entry.tokens for entry in entries] == [TOKENS] * concurrency * rounds
    assert all(entry.ttft >= TTFT for entry in entries)
    # The lowest tenth shows an error of the stub. The highest one shows a machine that is busy.
    lowest = quantiles([entry.ttft for entry in entries * 2], n=10)[0]
    assert lowest == pytest.approx(TTFT, abs=0.005)
    assert median(entry.ttft for entry in entries) < 2 * TTFT
    assert median(entry.itl for entry in entries) == pytest.approx(ITL, rel=0.1)
    assert {len(response.texts) for response in responses} == {TOKENS}
    # A client reads late, never early. Over all tokens of a response that evens out.
    assert min(response.ttft for response in responses) >= TTFT
    spans = [response.received[TOKENS - 1] - response.received[0] for response in responses]
    assert median(spans) / (TOKENS - 1) == pytest.approx(ITL, rel=0.2)


def logged(stub: Stub, tokens: int) -> LoggedRequest:
    """The log's entry of one more request."""
    stub.clear_log()
    stream_one(f"{stub.url}/completions", completion_body(tokens))
    (entry,) = stub.log()
    return entry


def test_errors_do_not_add_up() -> None:
    """A thousand errors of a tenth of a millisecond would."""
    with stub_server(ttft=0.01, itl=0.001) as stub:
        late_s = least(lambda: logged(stub, 1000).latency - 1.009, enough=0.02)
    assert 0 <= late_s <= 0.02


def test_several_tokens_a_chunk_leave_ttft_and_tpot_unchanged() -> None:
    with stub_server(ttft=TTFT, itl=ITL, tokens_per_chunk=5) as stub:
        response = stream_one(f"{stub.url}/completions", completion_body(21))
        assert [text.count(" ") for text in response.texts] == [1, 5, 5, 5, 5]

        def error() -> float:
            entry = logged(stub, 21)
            assert entry.tokens == 21
            return max(abs(entry.ttft - TTFT), 20 * abs(entry.itl - ITL))

        assert least(error, enough=0.01) <= 0.01


def test_slots_give_a_known_capacity() -> None:
    """A request takes 0.1 s, and two run at a time: in three rounds they wait 0, 0.1 and 0.2 s."""
    with stub_server(ttft=0.05, itl=0.01, slots=2) as stub:

        def error() -> float:
            stub.clear_log()
            before_s = stub.metric(QUEUED)
            stream_all(f"{stub.url}/completions", [completion_body(6)] * 6)
            entries = stub.log()
            waits = sorted((entry.started or 0.0) - entry.arrived for entry in entries)
            assert stub.metric(QUEUED) - before_s == pytest.approx(sum(waits), abs=0.001)
            times = [*waits, max(entry.ttft for entry in entries)]
            expected = (0, 0, 0.1, 0.1, 0.2, 0.2, 0.25)
            return max(abs(time - by_hand) for time, by_hand in zip(times, expected, strict=True))

        assert least(error, enough=0.04) <= 0.04


def test_a_latency_of_zero_is_possible() -> None:
    with stub_server(ttft=0, itl=0) as stub:
        assert least(lambda: logged(stub, TOKENS).latency, enough=0.05) <= 0.05

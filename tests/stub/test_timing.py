"""The stub is as exact as it says, by its own log and as a client sees it."""

from statistics import median, quantiles

import pytest

from tests.stub.client import fixed, hear
from tests.stub.process import stub_server

TTFT, ITL, TOKENS = 0.05, 0.01, 64


@pytest.mark.parametrize("concurrency", [1, 50])
def test_exact_by_its_own_log_and_at_a_client(concurrency):
    with stub_server(ttft=TTFT, itl=ITL) as stub:
        # A single one may meet a moment in which the machine is busy; several do not.
        rounds = 1 if concurrency > 1 else 5
        heard = [
            h for _ in range(rounds) for h in hear(f"{stub.url}/completions", [fixed(TOKENS)] * concurrency)
        ]
        rows = stub.log()
    assert [row.tokens for row in rows] == [TOKENS] * concurrency * rounds
    assert all(row.ttft >= TTFT for row in rows)
    # The early ones show an error of the stub; only the late ones, a machine busy with something else.
    early = quantiles([row.ttft for row in rows * 2], n=10)[0]
    assert early == pytest.approx(TTFT, abs=0.002)
    assert median(row.ttft for row in rows) == pytest.approx(TTFT, abs=0.01)
    assert median(row.itl for row in rows) == pytest.approx(ITL, rel=0.03)
    assert {len(h.texts) for h in heard} == {TOKENS}
    # A client reads late, never early, and over all tokens that evens out.
    assert min(h.ttft for h in heard) >= TTFT
    assert median((h.at[TOKENS - 1] - h.at[0]) / (TOKENS - 1) for h in heard) == pytest.approx(ITL, rel=0.1)


def test_errors_do_not_add_up():
    with stub_server(ttft=0.01, itl=0.001) as stub:
        hear(f"{stub.url}/completions", [fixed(1000)])
        (row,) = stub.log()
    assert row.last_sent - row.arrived == pytest.approx(1.009, abs=0.02)


def test_several_tokens_a_chunk_leave_ttft_and_tpot_as_they_were():
    with stub_server(ttft=TTFT, itl=ITL, tokens_per_chunk=5) as stub:
        (heard,) = hear(f"{stub.url}/completions", [fixed(21)])
        (row,) = stub.log()
    assert [text.count(" ") for text in heard.texts] == [1, 5, 5, 5, 5]
    assert row.tokens == 21
    assert row.ttft == pytest.approx(TTFT, abs=0.01)
    assert row.itl == pytest.approx(ITL, rel=0.05)


def test_slots_give_a_known_capacity():
    with stub_server(ttft=0.05, itl=0.01, slots=2) as stub:
        hear(f"{stub.url}/completions", [fixed(6)] * 6)
        rows = stub.log()
        queued = stub.metric("vllm:request_queue_time_seconds_sum")
    # Each takes 0.1 s, two at a time: three rounds, so waits of 0, 0, 0.1, 0.1, 0.2 and 0.2 s.
    waits = sorted(row.started - row.arrived for row in rows)
    assert waits == pytest.approx([0, 0, 0.1, 0.1, 0.2, 0.2], abs=0.03)
    assert queued == pytest.approx(sum(waits), abs=0.001)
    assert max(row.ttft for row in rows) == pytest.approx(0.25, abs=0.03)

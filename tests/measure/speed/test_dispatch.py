"""When requests are sent: by slots, by a schedule, within a duration."""

from __future__ import annotations

import asyncio
from itertools import islice, pairwise
from statistics import fmean, stdev
from time import perf_counter

import pytest

from tasks.config.load_kinds.open_loop import OpenLoop
from tasks.measure.speed import dispatch
from tasks.measure.speed.dispatch import send_closed_loop, send_open_loop, share_of
from tests.measure.speed.simulated_time import SimulatedTime


def test_a_closed_loop_keeps_its_slots_full_and_no_more() -> None:
    under_way, most, sent = 0, 0, list[int]()

    async def send(index: int, due_at: float) -> float:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        sent.append(index)
        await asyncio.sleep(0)
        under_way -= 1
        return perf_counter()

    asyncio.run(send_closed_loop(send, 3, 20, 0, None))
    assert (most, sorted(sent)) == (3, list(range(20)))


def test_a_duration_ends_the_sending_but_not_what_is_under_way() -> None:
    """By hand: each of two slots warms up for 50 ms, then begins a request at 0, 50, 100, 150 and 200 ms."""
    ended: list[int] = []

    async def send(index: int, due_at: float) -> float:
        await asyncio.sleep(0)
        ended.append(index)
        return due_at + 0.05

    asyncio.run(send_closed_loop(send, 2, 10_000, 2, 0.22))
    assert ended == list(range(2 + 2 * 5))


def test_an_open_loop_waits_for_no_response() -> None:
    """All requests are sent though none ends before the last one is sent."""

    async def run() -> list[float]:
        dues, all_sent = list[float](), asyncio.Event()

        async def send(index: int, due_at: float) -> float:
            dues.append(due_at)
            if index == 4:
                all_sent.set()
            await all_sent.wait()
            return perf_counter()

        await send_open_loop(send, iter([0.0, 0.01, 0.02, 0.03, 0.04]), 5, 0, None, started_at=perf_counter())
        return dues

    dues = asyncio.run(run())
    assert [due - dues[0] for due in dues] == pytest.approx([0.0, 0.01, 0.02, 0.03, 0.04])


def test_a_slot_is_due_again_when_its_response_ended() -> None:
    """Not when the event loop sends the next request: the time between is the client's delay."""
    dues: list[float] = []

    async def send(index: int, due_at: float) -> float:
        dues.append(due_at)
        return float(index)

    asyncio.run(send_closed_loop(send, 1, 4, 0, None))
    assert dues[1:] == [0.0, 1.0, 2.0]


@pytest.mark.parametrize(("warmup", "sent"), [(0, 3), (2, 5)])
def test_the_warm_up_of_an_open_loop_is_the_start_of_its_schedule(warmup: int, sent: int) -> None:
    """A duration counts from the first measured request."""
    indexes: list[int] = []

    async def send(index: int, due_at: float) -> float:
        indexes.append(index)
        return due_at

    asyncio.run(
        send_open_loop(send, iter([n / 100 for n in range(9)]), 9, warmup, 0.03, started_at=perf_counter())
    )
    assert indexes == list(range(sent))


def test_arrivals_keep_their_rate_and_the_processes_share_one_schedule() -> None:
    constant = OpenLoop(rate=4.0, requests=9, arrival="constant")
    assert list(islice(constant.arrivals(1), 4)) == pytest.approx([0, 0.25, 0.5, 0.75])
    assert list(islice(share_of(constant.arrivals(1), 1, 2), 2)) == pytest.approx([0.25, 0.75])
    load = OpenLoop(rate=4.0, requests=9)
    poisson = list(islice(load.arrivals(1), 4001))
    gaps = [later - earlier for earlier, later in pairwise(poisson)]
    assert fmean(gaps) == pytest.approx(0.25, rel=0.05)
    assert sum(gap > 0.25 for gap in gaps) / len(gaps) == pytest.approx(0.368, abs=0.03)
    bursts = list(islice(OpenLoop(rate=4.0, requests=9, burstiness=0.25).arrivals(1), 8001))
    gaps = [later - earlier for earlier, later in pairwise(bursts)]
    assert (fmean(gaps), stdev(gaps)) == pytest.approx((0.25, 0.5), rel=0.06)  # deviation: mean / sqrt(shape)
    halves = [list(islice(share_of(load.arrivals(1), part, 2), 50)) for part in (0, 1)]
    assert sorted(halves[0] + halves[1]) == poisson[:100]


@pytest.mark.parametrize("part", [0, 1])
def test_a_schedule_of_200_a_second_is_kept_exactly(monkeypatch: pytest.MonkeyPatch, part: int) -> None:
    """In time that passes only while the loop sleeps: whatever is late on a real machine is the machine's."""
    sent = sent_in_simulated_time(monkeypatch, part, held_s=0.0)
    assert [moment for _, moment in sent] == pytest.approx([due for due, _ in sent], abs=1e-6)
    assert [due for due, _ in sent] == pytest.approx([0.005 * n for n in range(part, 400, 2)], abs=1e-6)


def test_what_holds_the_client_up_delays_only_what_is_due_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client does something else for 24 ms at 0.5 s. The next request is due 10 ms later, and so on."""
    sent = sent_in_simulated_time(monkeypatch, 0, held_s=0.024)
    late = [moment - due for due, moment in sent]
    assert late[50:54] == pytest.approx([0.0, 0.014, 0.004, 0.0], abs=1e-6)
    assert late[:50] + late[54:] == pytest.approx([0.0] * 196, abs=1e-6)


def sent_in_simulated_time(
    monkeypatch: pytest.MonkeyPatch, part: int, *, held_s: float
) -> list[tuple[float, float]]:
    """Send one of two processes' share of 400 requests, 200 a second; return when each was due and sent.

    Sending the process's 51st request takes `held_s` seconds, in which the loop does nothing else.
    """
    loop, sent = SimulatedTime(), list[tuple[float, float]]()
    monkeypatch.setattr(dispatch, "perf_counter", loop.time)

    async def send(index: int, due_at: float) -> float:
        sent.append((due_at, loop.time()))
        if index == 50:
            loop.pass_by(held_s)
        await asyncio.sleep(1.0)
        return loop.time()

    schedule = OpenLoop(rate=200.0, requests=400, arrival="constant").arrivals(1)
    try:
        loop.run_until_complete(
            send_open_loop(send, share_of(schedule, part, 2), 200, 0, None, started_at=0.0)
        )
    finally:
        loop.close()
    return sent

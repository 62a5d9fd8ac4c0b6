"""When requests are sent: slots, schedules, durations."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import islice, pairwise
from statistics import fmean
from time import perf_counter

import pytest

from tasks.config.load_kinds.open_loop import OpenLoop
from tasks.measure.jobs import PointJob
from tasks.measure.speed.dispatch import closed_loop, open_loop, share_of


def test_a_closed_loop_keeps_its_slots_full_and_no_more() -> None:
    under_way, most, sent = 0, 0, []

    async def ask(index: int, due: float) -> float:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        sent.append(index)
        await asyncio.sleep(0)
        under_way -= 1
        return perf_counter()

    asyncio.run(closed_loop(ask, 3, 20, 0, None))
    assert (most, sorted(sent)) == (3, list(range(20)))


def test_a_duration_ends_the_sending_but_not_what_is_under_way() -> None:
    ended = []

    async def ask(index: int, due: float) -> float:
        await asyncio.sleep(0.05)
        ended.append(index)
        return perf_counter()

    asyncio.run(closed_loop(ask, 2, 10_000, 2, 0.2))
    assert 4 <= len(ended) <= 14
    assert ended == list(range(len(ended)))


def test_an_open_loop_waits_for_nobody() -> None:
    """All are sent though none ends before the last one came."""

    async def run() -> list[float]:
        dues, all_sent = [], asyncio.Event()

        async def ask(index: int, due: float) -> float:
            dues.append(due)
            if index == 4:
                all_sent.set()
            await all_sent.wait()
            return perf_counter()

        await open_loop(ask, iter([0.0, 0.01, 0.02, 0.03, 0.04]), 5, 0, None)
        return dues

    dues = asyncio.run(run())
    assert [due - dues[0] for due in dues] == pytest.approx([0.0, 0.01, 0.02, 0.03, 0.04])


def test_a_slot_is_free_when_its_answer_has_come() -> None:
    """However late the loop comes to send the next: that is the client's delay, and is seen."""
    dues = []

    async def ask(index: int, due: float) -> float:
        dues.append(due)
        return float(index)

    asyncio.run(closed_loop(ask, 1, 4, 0, None))
    assert dues[1:] == [0.0, 1.0, 2.0]


@pytest.mark.parametrize(("warmup", "sent"), [(0, 3), (2, 5)])
def test_the_warm_up_of_an_open_loop_is_the_first_of_its_schedule(warmup: int, sent: int) -> None:
    """A duration counts from the first request that is measured."""
    indexes = []

    async def ask(index: int, due: float) -> float:
        indexes.append(index)
        return due

    asyncio.run(open_loop(ask, iter([n / 100 for n in range(9)]), 9, warmup, 0.03))
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
    halves = [list(islice(share_of(load.arrivals(1), part, 2), 50)) for part in (0, 1)]
    assert sorted(halves[0] + halves[1]) == poisson[:100]


def test_each_process_gets_as_many_requests_as_the_schedule_deals_to_it(
    make_job: Callable[..., PointJob],
) -> None:
    load = OpenLoop(rate=4.0, requests=8, arrival="constant")
    job = make_job(load=(load,), warmup_requests=4).model_copy(update={"load": load})
    parts = job.parts(3)
    assert [(part.requests, part.warmup, part.first) for part in parts] == [(2, 2, 0), (3, 1, 4), (3, 1, 8)]
    dealt = [islice(share_of(load.arrivals(1), part.number, part.of), part.total) for part in parts]
    assert sorted(moment for moments in dealt for moment in moments) == [n / 4 for n in range(12)]


def test_no_process_is_without_a_request(make_job: Callable[..., PointJob]) -> None:
    parts = make_job(concurrency=10, requests=3).parts(8)
    assert [(part.slots, part.requests) for part in parts] == [(1, 1)] * 3
    parts = make_job(concurrency=10, requests=20, warmup_requests=1, warmup_waves=2).parts(4)
    assert sum(part.warmup for part in parts) == 21
    assert all(part.requests and part.slots for part in parts)

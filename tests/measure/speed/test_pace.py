"""Pace against simulated servers whose capacity is known."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from datetime import timedelta
from statistics import median

import pytest

from tasks.measure.speed.pace import pace
from tests.measure.speed.test_point_figures import row

SECONDS, SLOTS, SERVICE_S = 30.0, 10, 2.0
Server = Callable[[list[float], list[float]], list[float]]
"""From the moments of arrival and the seconds of work of requests to the moments they end."""


def boundless(arrivals: list[float], work: list[float]) -> list[float]:
    return [came + needed for came, needed in zip(arrivals, work, strict=True)]


def queueing(arrivals: list[float], work: list[float]) -> list[float]:
    """So many at a time, first come, first served."""
    free, ends = [0.0] * SLOTS, list[float]()
    for came, needed in zip(arrivals, work, strict=True):
        ends.append(max(came, heapq.heappop(free)) + needed)
        heapq.heappush(free, ends[-1])
    return ends


def sharing(arrivals: list[float], work: list[float]) -> list[float]:
    """All at a time, slower where there are more than so many: as a batch that is decoded together."""
    now, served, under_way, ends = 0.0, 0.0, list[tuple[float, int]](), [0.0] * len(arrivals)
    for number, came in enumerate([*arrivals, float("inf")]):
        while under_way:
            speed = min(1.0, SLOTS / len(under_way))
            ended = now + (under_way[0][0] - served) / speed
            if ended > came:
                served += (came - now) * speed
                break
            served, now = under_way[0][0], ended
            ends[heapq.heappop(under_way)[1]] = now
        now = came
        if number < len(arrivals):
            heapq.heappush(under_way, (served + work[number], number))
    return ends


def measured(server: Server, load: float, seed: int, *, free_lengths: bool) -> float:
    """The pace of one measurement at a share of what the server can do."""
    generator, rate = random.Random(seed), load * SLOTS / SERVICE_S
    arrivals, work = [0.0], list[float]()
    while len(arrivals) < SECONDS * rate:
        arrivals.append(arrivals[-1] + generator.expovariate(rate))
    for _ in arrivals:
        work.append(generator.expovariate(1 / SERVICE_S) if free_lengths else SERVICE_S)
    start = row(0).sent_at
    rows = [
        row(
            n, sent_at=start + timedelta(seconds=came), latency_s=end - came, output_tokens=round(1000 * took)
        )
        for n, (came, end, took) in enumerate(zip(arrivals, server(arrivals, work), work, strict=True))
    ]
    return pace(rows) or 0.0


@pytest.mark.parametrize("free_lengths", [False, True])
def test_a_server_without_a_limit_keeps_up_whatever_is_asked(free_lengths: bool) -> None:
    found = [measured(boundless, 1.0, seed, free_lengths=free_lengths) for seed in range(20)]
    assert found == pytest.approx([1.0] * 20, abs=0.001)


@pytest.mark.parametrize("free_lengths", [False, True])
@pytest.mark.parametrize("server", [queueing, sharing])
def test_a_queue_is_seen_where_more_is_sent_than_a_server_can_do(server: Server, free_lengths: bool) -> None:
    def usual(load: float) -> float:
        return median(measured(server, load, seed, free_lengths=free_lengths) for seed in range(60))

    assert usual(0.7) == pytest.approx(1.0, abs=0.015)
    assert usual(1.2) < 0.9
    assert usual(1.5) < 0.8


def test_what_a_queue_without_chance_lacks_is_what_the_server_lacks() -> None:
    """Ten requests a second, one answered every 0.2 s."""
    start = row(0).sent_at
    rows = [
        row(n, sent_at=start + timedelta(seconds=n / 10), latency_s=0.2 * (n + 1) - n / 10)
        for n in range(300)
    ]
    assert pace(rows) == pytest.approx(0.5, abs=0.02)


def test_requests_sent_at_once_have_no_pace() -> None:
    assert pace([row(0), row(1)]) is None
    assert pace([]) is None

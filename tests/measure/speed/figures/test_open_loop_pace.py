"""Pace against simulated servers whose capacity is known."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from datetime import timedelta
from statistics import median

import pytest

from tasks.measure.speed.figures.open_loop_pace import pace
from tests.measure.speed.figures.test_point_figures import row

SECONDS, SLOTS, SERVICE_S = 30.0, 10, 2.0
Server = Callable[[list[float], list[float]], list[float]]
"""Takes when requests arrive and how many seconds of work each is; returns when each ends."""


def unlimited(arrivals: list[float], work: list[float]) -> list[float]:
    """A server that answers every request at once."""
    return [arrived + needed for arrived, needed in zip(arrivals, work, strict=True)]


def queueing(arrivals: list[float], work: list[float]) -> list[float]:
    """A server that answers SLOTS requests at a time, in the order of their arrival."""
    free, ends = [0.0] * SLOTS, list[float]()
    for arrived, needed in zip(arrivals, work, strict=True):
        ends.append(max(arrived, heapq.heappop(free)) + needed)
        heapq.heappush(free, ends[-1])
    return ends


def sharing(arrivals: list[float], work: list[float]) -> list[float]:
    """A server that answers all requests at a time, slower where they are more than SLOTS: as one batch."""
    now, served, under_way, ends = 0.0, 0.0, list[tuple[float, int]](), [0.0] * len(arrivals)
    for number, arrived in enumerate([*arrivals, float("inf")]):
        while under_way:
            speed = min(1.0, SLOTS / len(under_way))
            ended = now + (under_way[0][0] - served) / speed
            if ended > arrived:
                served += (arrived - now) * speed
                break
            served, now = under_way[0][0], ended
            ends[heapq.heappop(under_way)[1]] = now
        now = arrived
        if number < len(arrivals):
            heapq.heappush(under_way, (served + work[number], number))
    return ends


def measured(server: Server, load: float, seed: int, *, free_lengths: bool) -> float:
    """The pace of one measurement whose rate is `load` times what the server can answer."""
    generator, rate = random.Random(seed), load * SLOTS / SERVICE_S
    arrivals, work = [0.0], list[float]()
    while len(arrivals) < SECONDS * rate:
        arrivals.append(arrivals[-1] + generator.expovariate(rate))
    for _ in arrivals:
        work.append(generator.expovariate(1 / SERVICE_S) if free_lengths else SERVICE_S)
    start = row(0).sent_at
    rows = []
    for number, (arrived, end, took) in enumerate(zip(arrivals, server(arrivals, work), work, strict=True)):
        sent_at = start + timedelta(seconds=arrived)
        rows.append(row(number, sent_at=sent_at, latency_s=end - arrived, output_tokens=round(1000 * took)))
    return pace(rows) or 0.0


@pytest.mark.parametrize("free_lengths", [False, True])
def test_a_server_without_a_limit_keeps_up(free_lengths: bool) -> None:
    paces = [measured(unlimited, 1.0, seed, free_lengths=free_lengths) for seed in range(20)]
    assert paces == pytest.approx([1.0] * 20, abs=0.001)


@pytest.mark.parametrize("free_lengths", [False, True])
@pytest.mark.parametrize("server", [queueing, sharing])
def test_pace_falls_where_more_is_sent_than_a_server_can_answer(server: Server, free_lengths: bool) -> None:
    def median_pace(load: float) -> float:
        return median(measured(server, load, seed, free_lengths=free_lengths) for seed in range(60))

    assert median_pace(0.7) == pytest.approx(1.0, abs=0.015)
    assert median_pace(1.2) < 0.9
    assert median_pace(1.5) < 0.8


def test_pace_is_the_rate_of_answers_over_the_rate_of_requests() -> None:
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

"""Pace against simulated servers whose capacity is known."""

from __future__ import annotations

import random
from datetime import timedelta
from statistics import median

import pytest

from benchmarks.simulated_servers import Server, Work, answered, queueing, sharing, unlimited
from tasks.measure.speed.figures.open_loop_pace import answer_rate, pace
from tasks.measure.speed.request_row import RequestRow
from tests.measure.speed.figures.test_point_figures import row

SECONDS, SLOTS, SERVICE_S = 30.0, 10, 2.0


def rows_of(server: Server, load: float, seed: int, *, free_lengths: bool) -> list[RequestRow]:
    """The rows of one measurement whose rate is `load` times what the server can answer."""
    generator, rate = random.Random(seed), load * SLOTS / SERVICE_S
    arrivals = [0.0]
    while len(arrivals) < SECONDS * rate:
        arrivals.append(arrivals[-1] + generator.expovariate(rate))
    requests = [
        Work(at, generator.expovariate(1 / SERVICE_S) if free_lengths else SERVICE_S) for at in arrivals
    ]
    return answered(server, requests, SLOTS)


def measured(server: Server, load: float, seed: int, *, free_lengths: bool) -> float:
    return pace(rows_of(server, load, seed, free_lengths=free_lengths)) or 0.0


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
    assert answer_rate(rows) == pytest.approx(5)


def test_the_pace_is_not_known_where_answers_take_more_than_a_third_of_the_sending() -> None:
    """Ten requests a second for 29.9 s: a third of it is 9.97 s."""
    sent_at = [row(0).sent_at + timedelta(seconds=number / 10) for number in range(300)]

    def of(latency_s: float) -> float | None:
        return pace([row(n, sent_at=moment, latency_s=latency_s) for n, moment in enumerate(sent_at)])

    assert of(9.9) == pytest.approx(1)
    assert of(10.0) is None


def test_a_server_that_slows_all_answers_alike_never_seems_to_keep_up() -> None:
    """At three times what it can take, the first answers take as long as all others: L grows in any case."""
    paces = [pace(rows_of(sharing, 3, seed, free_lengths=False)) for seed in range(20)]
    assert paces == [None] * 20


@pytest.mark.parametrize("server", [queueing, sharing])
@pytest.mark.parametrize("load", [1.2, 1.5, 3.0])
def test_a_server_that_falls_behind_answers_at_its_own_rate(server: Server, load: float) -> None:
    rates = [answer_rate(rows_of(server, load, seed, free_lengths=True)) or 0.0 for seed in range(60)]
    assert median(rates) == pytest.approx(SLOTS / SERVICE_S, rel=0.05)


def test_the_rate_leaves_out_the_first_and_the_last_tenth() -> None:
    """Twenty answers end one a second, the first two and the last two at once. By hand: 15 gaps of 1 s."""
    ends = [0.0, 0.0, *range(1, 17), 99.0, 99.0]
    rows = [row(n, latency_s=end) for n, end in enumerate(ends)]
    assert answer_rate(rows) == pytest.approx(1)
    assert answer_rate(rows[:1]) is None
    assert answer_rate([row(0), row(1)]) is None


def test_requests_sent_at_once_have_no_pace() -> None:
    assert pace([row(0), row(1)]) is None
    assert pace([]) is None

"""Readings of telemetry sources over time."""

from __future__ import annotations

import threading

import httpx
import pytest

from tasks.probe.sampler import ServerSource, sampling
from tests.probe.talk import ENDPOINT, Answer, server


class Counting:
    """Answers with the next number, and after `count` answers with `last`; `reached` is set after them."""

    def __init__(self, count: int, last: Answer | None = None) -> None:
        self.number, self.count, self.last = 0, count, last
        self.reached = threading.Event()

    def __call__(self, request: httpx.Request) -> Answer:
        self.number += 1
        if self.number > self.count:
            self.reached.set()
            if self.last:
                return self.last
        return httpx.Response(200, text=f"vllm:num_requests_running {self.number}.0\n")


def test_readings_are_in_order_until_the_block_is_left() -> None:
    answers = Counting(3)
    with sampling(ServerSource(ENDPOINT, 0.01, server(metrics=answers))) as samples:
        assert answers.reached.wait(20)
    rows, number = samples.rows, answers.number
    assert [row.value for row in rows] == [float(number) for number in range(1, len(rows) + 1)]
    assert len(rows) >= 3
    assert {(row.source, row.metric) for row in rows} == {("server", "vllm:num_requests_running")}
    assert [row.time for row in rows] == sorted(row.time for row in rows)
    assert not [thread for thread in threading.enumerate() if thread.name == "telemetry-server"]
    assert (answers.number, samples.rows) == (number, rows)


@pytest.mark.parametrize("last", [httpx.ConnectError("gone"), httpx.Response(500)])
def test_a_server_that_ended_gives_no_more_readings(last: Answer) -> None:
    answers = Counting(2, last)
    with sampling(ServerSource(ENDPOINT, 0.01, server(metrics=answers))) as samples:
        assert answers.reached.wait(20)
    assert [row.value for row in samples.rows] == [1.0, 2.0]


def test_the_block_is_left_without_waiting_for_the_next_reading() -> None:
    answers = Counting(0)
    with sampling(ServerSource(ENDPOINT, 3600, server(metrics=answers))) as samples:
        assert answers.reached.wait(20)
    assert len(samples.rows) == 1

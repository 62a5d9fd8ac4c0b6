"""Readings of a load process, second by second."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from tasks.measure.jobs import Part
from tasks.measure.speed.event_loop_lag import CPU, EventLoopLag

PART = Part(number=0, of=1, first=0, slots=1, first_warmup=0, point_warmup=0, requests=1, warmup=0)


class Clock:
    """Stands in for the module `time`: wall-clock and processor seconds, as a test sets them."""

    now, used = 0.0, 0.0

    def perf_counter(self) -> float:
        return self.now

    def process_time(self) -> float:
        return self.used


def shares(lag: EventLoopLag) -> list[float]:
    """The processor's share of each interval."""
    readings = lag.readings(PART, lambda moment: datetime.fromtimestamp(moment, UTC))
    return [reading.value for reading in readings if reading.metric == CPU]


@pytest.mark.parametrize(("last_s", "expected"), [(0.4, [0.25]), (0.6, [0.25, 1.0])])
def test_less_than_half_a_second_at_the_end_has_no_reading_of_its_own(
    monkeypatch: pytest.MonkeyPatch, last_s: float, expected: list[float]
) -> None:
    monkeypatch.setattr("tasks.measure.speed.event_loop_lag.time", clock := Clock())

    async def measure() -> EventLoopLag:
        with EventLoopLag() as lag:
            clock.now, clock.used = 2.0, 0.5
            while not shares(lag):
                await asyncio.sleep(0.01)
            clock.now, clock.used = 2.0 + last_s, 0.5 + last_s
        return lag

    assert shares(asyncio.run(measure())) == pytest.approx(expected)


def test_a_short_point_has_one_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.measure.speed.event_loop_lag.time", clock := Clock())

    async def measure() -> EventLoopLag:
        with EventLoopLag() as lag:
            clock.now, clock.used = 0.2, 0.1
        return lag

    assert shares(asyncio.run(measure())) == [pytest.approx(0.5)]

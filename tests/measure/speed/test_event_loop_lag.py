"""How a load process's own figures are told, second by second."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from tasks.measure.jobs import Part
from tasks.measure.speed.event_loop_lag import CPU, EventLoopLag

PART = Part(number=0, of=1, first=0, slots=1, requests=1, warmup=0)


class Clock:
    """Seconds that pass, and those of them that were computed in, as they are set."""

    now, used = 0.0, 0.0

    def perf_counter(self) -> float:
        return self.now

    def process_time(self) -> float:
        return self.used


def shares(pulse: EventLoopLag) -> list[float]:
    told = pulse.readings(PART, lambda moment: datetime.fromtimestamp(moment, UTC))
    return [each.value for each in told if each.metric == CPU]


@pytest.mark.parametrize(("last_s", "told"), [(0.4, [0.25]), (0.6, [0.25, 1.0])])
def test_the_last_sliver_of_a_second_is_no_share(
    monkeypatch: pytest.MonkeyPatch, last_s: float, told: list[float]
) -> None:
    monkeypatch.setattr("tasks.measure.speed.event_loop_lag.time", clock := Clock())

    async def measure() -> EventLoopLag:
        with EventLoopLag() as pulse:
            clock.now, clock.used = 2.0, 0.5
            while not shares(pulse):
                await asyncio.sleep(0.01)
            clock.now, clock.used = 2.0 + last_s, 0.5 + last_s
        return pulse

    assert shares(asyncio.run(measure())) == pytest.approx(told)


def test_a_short_point_has_one_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.measure.speed.event_loop_lag.time", clock := Clock())

    async def measure() -> EventLoopLag:
        with EventLoopLag() as pulse:
            clock.now, clock.used = 0.2, 0.1
        return pulse

    assert shares(asyncio.run(measure())) == [pytest.approx(0.5)]

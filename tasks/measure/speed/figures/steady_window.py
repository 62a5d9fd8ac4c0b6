"""Finds the steady state of a point: the time between ramp and drain, from the requests under way; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from tasks.measure.speed.request_row import RequestRow

UnderWay = tuple[datetime, float, int]
"""A moment, the seconds until the number changes, and the number of requests under way meanwhile."""


class SteadyWindow(NamedTuple):
    """From when the requests under way reach their level, warm-up over, to when they last leave it."""

    start: datetime
    end: datetime

    @property
    def seconds(self) -> float:
        """The length of the window."""
        return (self.end - self.start).total_seconds()

    def share_of(self, row: RequestRow, waited_s: float) -> float:
        """Return the share of a request's time that lies in the window, without the time that it waited."""
        if row.latency_s is None:
            return 0.0
        served_from = row.sent_at + timedelta(seconds=waited_s)
        if row.ended_at <= served_from:
            return float(self.start <= row.ended_at <= self.end)
        inside = min(row.ended_at, self.end) - max(served_from, self.start)
        return max(0.0, inside / (row.ended_at - served_from))


def steady_window(rows: Sequence[RequestRow], slots: int) -> SteadyWindow | None:
    """Return the steady state; None where the requests under way never reach their level.

    The level of a closed loop is its slots. That of an open loop, and of users who think between their
    requests, is the median over time of the number under way. The window begins once all warm-up requests
    have ended: its rates are not too low then.

    Args:
        rows: all requests of a point, warm-up included; those without a latency are left out.
        slots: of a closed loop; 0 for an open loop.
    """
    steps = [step for step in _under_way(rows) if step[1] > 0]
    thinks = any(row.think_s for row in rows)
    level = slots if slots and not thinks else _median_over_time(steps)
    warm_at = _warm_at(rows)
    busy = [step for step in steps if step[2] >= max(level, 1) and (warm_at is None or step[0] >= warm_at)]
    if not busy:
        return None
    last_moment, last_seconds, _ = busy[-1]
    return SteadyWindow(busy[0][0], last_moment + timedelta(seconds=last_seconds))


def sent_in_steady_state(
    rows: Sequence[RequestRow], window: SteadyWindow, slots: int
) -> Sequence[RequestRow]:
    """Return the measured requests whose times are those of the steady state, in order of sending.

    Of a closed loop: all but the first `slots` (warm-up counts among these), which find no queue or a burst
    of prompts, and the last `slots`, beside which slots stay empty. Of an open loop, and of users who think:
    those sent in the window. Those that end in it are no sample: of the last ones sent, only the short.
    """
    measured = sorted((row for row in rows if not row.warmup), key=lambda row: row.sent_at)
    if not slots or any(row.think_s for row in rows):
        return [row for row in measured if window.start <= row.sent_at <= window.end]
    warm = sum(row.warmup for row in rows)
    return measured[max(0, slots - warm) : max(0, len(measured) - slots)]


def _warm_at(rows: Sequence[RequestRow]) -> datetime | None:
    """Return when the last warm-up request ended; None without one."""
    return max((row.ended_at for row in rows if row.warmup), default=None)


def _under_way(rows: Sequence[RequestRow]) -> Iterator[UnderWay]:
    changes: list[tuple[datetime, int]] = []
    for row in rows:
        if row.latency_s is not None:
            changes += [(row.sent_at, 1), (row.ended_at, -1)]
    changes.sort()
    number = 0
    for (moment, change), (next_moment, _) in pairwise(changes):
        number += change
        yield moment, (next_moment - moment).total_seconds(), number


def _median_over_time(steps: Sequence[UnderWay]) -> int:
    """Return the number that is under way at least half of the time."""
    left = sum(seconds for _, seconds, _ in steps) / 2
    for _, seconds, number in sorted(steps, key=lambda step: step[2]):
        left -= seconds
        if left <= 0:
            return number
    return 0

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

    def holds(self, row: RequestRow) -> bool:
        """Return whether a request ended in the window."""
        return row.latency_s is not None and self.start <= _end_of(row, row.latency_s) <= self.end

    def share_of(self, row: RequestRow) -> float:
        """Return the share of a request's time that lies in the window."""
        if not row.latency_s:
            return float(self.holds(row))
        end = min(_end_of(row, row.latency_s), self.end)
        return max(0.0, (end - max(row.sent_at, self.start)).total_seconds()) / row.latency_s


def steady_window(rows: Sequence[RequestRow], slots: int) -> SteadyWindow | None:
    """Return the steady state; None where the requests under way never reach their level.

    The level of a closed loop is its slots. That of an open loop, and of users who think between their
    requests, is the median over time of the number under way. The window begins once all warm-up requests
    have ended: every request that ends in it then counts, and its rates are not too low.

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


def _warm_at(rows: Sequence[RequestRow]) -> datetime | None:
    """Return when the last warm-up request ended; None without one."""
    ends = [_end_of(row, row.latency_s or 0.0) for row in rows if row.warmup]
    return max(ends, default=None)


def _under_way(rows: Sequence[RequestRow]) -> Iterator[UnderWay]:
    changes: list[tuple[datetime, int]] = []
    for row in rows:
        if row.latency_s is not None:
            changes += [(row.sent_at, 1), (_end_of(row, row.latency_s), -1)]
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


def _end_of(row: RequestRow, latency_s: float) -> datetime:
    return row.sent_at + timedelta(seconds=latency_s)

"""Servers whose capacity is known, simulated: when the answer of each request ends."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tasks.measure.speed.request_row import RequestRow

START = datetime(2026, 1, 1, tzinfo=UTC)
TOKENS_PER_S = 1000
"""Output tokens that stand for a second of work."""


@dataclass(frozen=True, slots=True)
class Work:
    """A request: when it arrives, and how long its answer takes on an idle server, in seconds."""

    arrives: float
    takes: float


Server = Callable[[Sequence[Work], int], list[float]]
"""Takes requests in the order of their arrival and a number of slots; returns when each answer ends."""


def unlimited(requests: Sequence[Work], slots: int) -> list[float]:
    """A server that answers every request at once."""
    return [request.arrives + request.takes for request in requests]


def queueing(requests: Sequence[Work], slots: int) -> list[float]:
    """A server that answers `slots` requests at a time, in the order of their arrival."""
    free, ends = [0.0] * slots, list[float]()
    for request in requests:
        ends.append(max(request.arrives, heapq.heappop(free)) + request.takes)
        heapq.heappush(free, ends[-1])
    return ends


def sharing(requests: Sequence[Work], slots: int) -> list[float]:
    """A server that answers all requests at a time, slower where they are more than `slots`: as one batch."""
    now, served, under_way, ends = 0.0, 0.0, list[tuple[float, int]](), [0.0] * len(requests)
    for number, arrived in enumerate([*(request.arrives for request in requests), float("inf")]):
        while under_way:
            speed = min(1.0, slots / len(under_way))
            ended = now + (under_way[0][0] - served) / speed
            if ended > arrived:
                served += (arrived - now) * speed
                break
            served, now = under_way[0][0], ended
            ends[heapq.heappop(under_way)[1]] = now
        now = arrived
        if number < len(requests):
            heapq.heappush(under_way, (served + requests[number].takes, number))
    return ends


def answered(server: Server, requests: Sequence[Work], slots: int) -> list[RequestRow]:
    """Return a row for each request, as a run records it."""
    ends = server(requests, slots)
    return [_row(number, *pair) for number, pair in enumerate(zip(requests, ends, strict=True))]


def _row(number: int, request: Work, end: float) -> RequestRow:
    return RequestRow(
        index=number,
        warmup=False,
        sent_at=START + timedelta(seconds=request.arrives),
        client_delay_s=0.0,
        ttft_s=None,
        tpot_s=None,
        latency_s=end - request.arrives,
        itl_s=(),
        input_tokens=None,
        output_tokens=round(TOKENS_PER_S * request.takes),
        cached_tokens=None,
        finish_reason="length",
        status_code=200,
        error=None,
        succeeded=True,
    )

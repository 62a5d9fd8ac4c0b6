"""Sends requests in a closed loop of slots, or in an open loop by a schedule."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from itertools import islice
from time import perf_counter

SendRequest = Callable[[int, float], Awaitable[float]]
"""Sends a request, given its index and when it is due; returns when its response ended.

All times are perf_counter seconds.
"""
HoldConversation = Callable[[Sequence[int], float, float], Awaitable[float]]
"""Sends the turns of a conversation; returns when it ended.

It is given their indexes, when the first is due, and from when on no more may be sent.
"""


async def send_closed_loop(
    send: SendRequest, slots: int, total: int, warmup: int, duration_s: float | None
) -> None:
    """Keep `slots` requests in flight; a slot sends its next request when its last one has ended.

    Args:
        send: sends one request.
        slots: how many requests are in flight at a time.
        total: how many are sent at most, warm-up included.
        warmup: how many of them are warm-up. They use the same slots; measured requests do not wait for them.
        duration_s: seconds from the due time of the first measured request after which no request is sent.
            Requests that are then in flight are awaited.
    """
    indexes, started_at = iter(range(total)), perf_counter()
    deadline: float | None = None

    async def run_slot() -> None:
        nonlocal deadline
        due_at = started_at
        for index in indexes:
            if index >= warmup and duration_s is not None:
                if deadline is None:
                    deadline = due_at + duration_s
                if due_at >= deadline:
                    return
            due_at = await send(index, due_at)

    await asyncio.gather(*(run_slot() for _ in range(min(slots, total))))


async def send_conversations(
    hold: HoldConversation,
    conversations: Sequence[Sequence[int]],
    slots: int,
    warmup: int,
    duration_s: float | None,
) -> None:
    """Keep `slots` users busy, each with one conversation after another.

    Args:
        hold: sends the turns of a conversation, one after another.
        conversations: the indexes of each conversation's requests, warm-up first.
        slots: how many users there are at a time.
        warmup: how many requests are warm-up.
        duration_s: seconds from the first measured conversation after which no turn is sent.
    """
    waiting, started_at = iter(conversations), perf_counter()
    deadline = float("inf")

    async def run_user() -> None:
        nonlocal deadline
        due_at = started_at
        for indexes in waiting:
            if indexes[0] >= warmup and duration_s is not None and deadline == float("inf"):
                deadline = due_at + duration_s
            if due_at >= deadline:
                return
            due_at = await hold(indexes, due_at, deadline)

    await asyncio.gather(*(run_user() for _ in range(min(slots, len(conversations)))))


async def send_open_loop(
    send: SendRequest,
    arrivals: Iterator[float],
    total: int,
    warmup: int,
    duration_s: float | None,
    *,
    started_at: float,
) -> None:
    """Send each request when it is due, whether or not others have ended; wait for all at the end.

    Args:
        send: sends one request.
        arrivals: when each request is due, in seconds from `started_at`.
        total: how many are sent at most, warm-up included.
        warmup: how many of them are warm-up: the first of the schedule.
        duration_s: no request is sent that is due this many seconds, or more, after the first measured one.
        started_at: when the schedule starts, the same moment in all processes that share it.
    """
    under_way = set[asyncio.Task[float]]()
    deadline = float("inf")
    for index, offset in zip(range(total), arrivals, strict=False):
        if index == warmup and duration_s is not None:
            deadline = (offset if warmup else 0.0) + duration_s
        if offset >= deadline:
            break
        due_at = started_at + offset
        # Sleep even if this request is late, so that other requests can be sent and received.
        await asyncio.sleep(max(0.0, due_at - perf_counter()))
        under_way.add(asyncio.ensure_future(send(index, due_at)))
    await asyncio.gather(*under_way)


def share_of(arrivals: Iterator[float], part: int, parts: int) -> Iterator[float]:
    """Return the send times of one process: every `parts`-th of the load's schedule, from index `part` on."""
    return islice(arrivals, part, None, parts)

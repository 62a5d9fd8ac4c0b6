"""When each request is sent: slots that are filled again at once, or a schedule that waits for nobody."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from itertools import islice
from time import perf_counter

Ask = Callable[[int, float], Awaitable[float]]
"""Sends a request: its index, and when it was due; gives when its answer had come. perf_counter seconds."""


async def closed_loop(ask: Ask, slots: int, total: int, warmup: int, duration_s: float | None) -> None:
    """`slots` requests at a time, the next one when one has ended.

    Warm-up goes through the same slots and is not waited for. `duration_s` counts from the first measured
    request; what is under way then is waited for.
    """
    numbers, began = iter(range(total)), perf_counter()
    deadline: list[float] = []

    async def slot() -> None:
        freed = began
        for index in numbers:
            if index >= warmup and duration_s is not None:
                deadline[:] = deadline or [freed + duration_s]
                if freed >= deadline[0]:
                    return
            freed = await ask(index, freed)

    await asyncio.gather(*(slot() for _ in range(min(slots, total))))


async def open_loop(
    ask: Ask, arrivals: Iterator[float], total: int, warmup: int, duration_s: float | None
) -> None:
    """Each request at its time, whatever became of the others; all are waited for at the end.

    Warm-up is the first of the schedule. `duration_s` counts from the first measured request's time.
    """
    began, under_way = perf_counter(), set[asyncio.Task[float]]()
    deadline = float("inf")
    for index, offset in zip(range(total), arrivals, strict=False):
        if index == warmup and duration_s is not None:
            deadline = (offset if warmup else 0.0) + duration_s
        if offset >= deadline:
            break
        due = began + offset
        await asyncio.sleep(max(0.0, due - perf_counter()))  # late as it may be, others are sent and heard
        under_way.add(asyncio.ensure_future(ask(index, due)))
    await asyncio.gather(*under_way)


def share_of(arrivals: Iterator[float], part: int, parts: int) -> Iterator[float]:
    """The send times of one process: every `parts`-th of the whole load's schedule, from number `part` on."""
    return islice(arrivals, part, None, parts)

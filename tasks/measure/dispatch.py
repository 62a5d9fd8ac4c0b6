"""When each request is sent: slots that are filled again at once, or a schedule that waits for nobody."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator
from time import perf_counter

from tasks.config.loads import Load

Ask = Callable[[int, float], Awaitable[None]]
"""Sends a request: its index, and when it was due in perf_counter seconds."""


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
            await ask(index, freed)
            freed = perf_counter()

    await asyncio.gather(*(slot() for _ in range(min(slots, total))))


async def open_loop(ask: Ask, arrivals: Iterator[float], total: int, duration_s: float | None) -> None:
    """Each request at its time, whatever became of the others; all are waited for at the end."""
    began, under_way = perf_counter(), set[asyncio.Task[None]]()
    for index, offset in zip(range(total), arrivals, strict=False):
        if duration_s is not None and offset >= duration_s:
            break
        due = began + offset
        if (pause := due - perf_counter()) > 0:
            await asyncio.sleep(pause)
        under_way.add(asyncio.ensure_future(ask(index, due)))
    await asyncio.gather(*under_way)


def arrival_times(load: Load, seed: int, share: int, shares: int) -> Iterator[float]:
    """Offsets in seconds of one process's requests: its every `shares`-th of the whole load's schedule."""
    generator, rate, moment, number = random.Random(seed), load.rate or 1.0, 0.0, 0
    while True:
        if number % shares == share:
            yield moment
        moment += 1 / rate if load.arrival == "constant" else generator.expovariate(rate)
        number += 1

"""The slots of the engine: how many requests generate at once."""

from __future__ import annotations

import asyncio
from heapq import heappop, heappush


class Slots:
    """A fixed number of slots.

    A slot is occupied and released when that is due, not when this code happens to run. So a number of slots
    gives an exact throughput.
    """

    def __init__(self, number: int) -> None:
        self._semaphore = asyncio.Semaphore(number)
        self._released_at = [0.0] * number

    async def acquire(self, arrived: float) -> float:
        """Wait for a slot for a request that arrived at this time. Returns when the slot became occupied."""
        await self._semaphore.acquire()
        return max(arrived, heappop(self._released_at))

    def release(self, released_at: float) -> None:
        """Release a slot at this time."""
        heappush(self._released_at, released_at)
        self._semaphore.release()

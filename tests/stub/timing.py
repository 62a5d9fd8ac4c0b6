"""Waiting for absolute times, to some tens of microseconds."""

from __future__ import annotations

import asyncio
import signal
from heapq import heappop, heappush
from itertools import count
from time import monotonic


class Clock:
    """Wakes coroutines at times of `time.monotonic`, never early.

    Event loops count their timers in whole milliseconds; the kernel's interval timer does not, so one of
    those serves a heap of deadlines. One clock a process, in its main thread: it owns SIGALRM.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._heap: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = count()
        self._loop.add_signal_handler(signal.SIGALRM, self._ring)

    async def until(self, due: float) -> None:
        """Return at `due`, or at once when that is past."""
        if due <= monotonic():
            return
        waiter: asyncio.Future[None] = self._loop.create_future()
        heappush(self._heap, (due, next(self._order), waiter))
        if self._heap[0][2] is waiter:
            self._arm()
        await waiter

    def _ring(self) -> None:
        heap, now = self._heap, monotonic()
        while heap and (heap[0][0] <= now or heap[0][2].done()):
            waiter = heappop(heap)[2]
            if not waiter.done():  # done already: the request was cancelled
                waiter.set_result(None)
        if heap:
            self._arm()

    def _arm(self) -> None:
        # Zero would switch the timer off.
        signal.setitimer(signal.ITIMER_REAL, max(self._heap[0][0] - monotonic(), 1e-6))

"""A clock that calls back at absolute times, accurate to tens of microseconds."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count
from time import monotonic

CALLS_PER_ROUND = 8
"""Calls in one round of the event loop. More would delay the reading of incoming bytes by milliseconds."""
SHORTEST_TIMER_S = 1e-6
"""A timer of zero seconds would be switched off."""


class Clock:
    """Calls back at times of `time.monotonic`, never early.

    Event loops round their timers to whole milliseconds. The kernel's interval timer does not, so the clock
    uses that one for a heap of deadlines. A process can have one clock, in its main thread: it owns SIGALRM.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()
        self._in_round = False
        self._loop.add_signal_handler(signal.SIGALRM, self._call_due)

    async def sleep_until(self, due: float) -> None:
        """Return at `due`, or at once if that has passed."""
        if due <= monotonic():
            return
        waiter: asyncio.Future[None] = self._loop.create_future()

        def wake() -> None:
            if not waiter.done():
                waiter.set_result(None)

        self.call_at(due, wake)
        await waiter

    def call_at(self, due: float, callback: Callable[[], None]) -> None:
        """Call back at `due`, or soon if that has passed. The callback must not raise."""
        heappush(self._heap, (due, next(self._order), callback))
        if self._heap[0][2] is callback and not self._in_round:
            self._set_timer()

    def _call_due(self) -> None:
        self._in_round = True
        for _ in range(CALLS_PER_ROUND):
            if not self._heap or self._heap[0][0] > monotonic():
                break
            callback = heappop(self._heap)[2]
            callback()
        self._in_round = False
        if self._heap:
            self._set_timer()

    def _set_timer(self) -> None:
        signal.setitimer(signal.ITIMER_REAL, max(self._heap[0][0] - monotonic(), SHORTEST_TIMER_S))

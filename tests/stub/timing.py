"""Waiting for absolute times, to some tens of microseconds."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count
from time import monotonic

AT_ONCE = 8
"""Calls in one round of the event loop; more would leave what comes in meanwhile unnoted for milliseconds."""


class Clock:
    """Calls back at times of `time.monotonic`, never early.

    Event loops count their timers in whole milliseconds; the kernel's interval timer does not, so one of
    those serves a heap of deadlines. One clock a process, in its main thread: it owns SIGALRM.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._order = count()
        self._ringing = False
        self._loop.add_signal_handler(signal.SIGALRM, self._ring)

    async def until(self, due: float) -> None:
        """Return at `due`, or at once when that is past."""
        if due <= monotonic():
            return
        waiter: asyncio.Future[None] = self._loop.create_future()
        self.at(due, lambda: None if waiter.done() else waiter.set_result(None))
        await waiter

    def at(self, due: float, call: Callable[[], None]) -> None:
        """Call at `due`, soon when that is past; a call must not raise."""
        heappush(self._heap, (due, next(self._order), call))
        if self._heap[0][2] is call and not self._ringing:
            self._arm()

    def _ring(self) -> None:
        heap, self._ringing = self._heap, True
        for _ in range(AT_ONCE):
            if not heap or heap[0][0] > monotonic():
                break
            heappop(heap)[2]()
        self._ringing = False
        if heap:
            self._arm()

    def _arm(self) -> None:
        # Zero would switch the timer off.
        signal.setitimer(signal.ITIMER_REAL, max(self._heap[0][0] - monotonic(), 1e-6))

"""Keeps a fixed number of requests under way until it is told to end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from time import perf_counter

from tasks.measure.accuracy.load_row import LoadRow
from tasks.measure.speed.sent_request import SentRequest
from tasks.plan.planned_request import PlannedRequest

FIRST_TRIES = 3
"""Failures in a row after which a slot that never had an answer gives up."""
PAUSE_S = 1.0
"""Seconds after a failure: a refusal comes at once, and a stream of refusals would be no load."""
POLL_S = 0.01

Requests = Iterator[tuple[PlannedRequest, bytes]]
Send = Callable[[SentRequest, bytes], Awaitable[None]]
Record = Callable[[SentRequest, float], LoadRow]


class LoadRefused(Exception):
    """The server refuses the load from the start."""


class LoadSlots:
    """So many slots; each sends its next request when its last one has ended."""

    def __init__(
        self, slots: int, requests: Requests, send: Send, record: Record, count: Callable[[int], None]
    ) -> None:
        """Prepare the slots; send nothing yet.

        Args:
            slots: the number of requests to keep under way.
            requests: requests without end, each with its body.
            send: sends a request and waits for its whole response, or stores why it failed.
            record: records a request that has ended at this perf_counter time.
            count: called with 1 when a request is sent, and with -1 when it has ended.
        """
        self._requests, self._send, self._record, self._count = requests, send, record, count
        self._current: list[SentRequest | None] = [None] * slots
        self._answered = [False] * slots
        self._made: list[tuple[PlannedRequest, bytes]] = []

    async def hold(self, meanwhile: Callable[[], Awaitable[None]]) -> None:
        """Await `meanwhile` once every slot has an answer on its way; then close all connections.

        Raises:
            LoadRefused: a slot got no answer at its first tries.
        """
        slots = [asyncio.ensure_future(self._run_slot(slot)) for slot in range(len(self._current))]
        try:
            await self._until_answered(slots)
            await meanwhile()
        finally:
            for slot in slots:
                slot.cancel()
            ended = await asyncio.gather(*slots, return_exceptions=True)
        for error in ended:
            if isinstance(error, BaseException) and not isinstance(error, asyncio.CancelledError):
                raise error

    async def _until_answered(self, slots: Sequence[asyncio.Future[None]]) -> None:
        while not all(self._answered):
            for number, slot in enumerate(slots):
                if slot.done():
                    slot.result()
                self._answered[number] = self._answered[number] or _has_begun(self._current[number])
            await asyncio.sleep(POLL_S)

    async def _run_slot(self, slot: int) -> None:
        failures = 0
        while True:
            row = await self._exchange(slot)
            if row.succeeded:
                self._answered[slot], failures = True, 0
                continue
            failures += 1
            if not self._answered[slot] and failures >= FIRST_TRIES:
                raise LoadRefused(f"the load does not start: {row.error}")
            await asyncio.sleep(PAUSE_S)

    async def _exchange(self, slot: int) -> LoadRow:
        planned, body = self._made.pop() if self._made else next(self._requests)
        request = self._current[slot] = SentRequest(planned, perf_counter())
        self._count(1)
        try:
            sending = asyncio.ensure_future(self._send(request, body))
            await asyncio.sleep(0)  # sends it; the next one is made meanwhile
            self._made.append(next(self._requests))
            await sending
        except asyncio.CancelledError:
            request.abandoned = True
            raise
        finally:
            self._count(-1)
            row = self._record(request, perf_counter())
        return row


def _has_begun(request: SentRequest | None) -> bool:
    """Whether bytes of an answer that is no refusal have come."""
    if request is None or request.response.status != 200:
        return False
    return any(size for _, size in request.response.arrivals)

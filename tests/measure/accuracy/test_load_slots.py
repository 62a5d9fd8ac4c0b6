"""The slots of a load: so many requests under way until the last question is answered, or a refusal."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count

import pytest

from tasks.measure.accuracy import load_slots
from tasks.measure.accuracy.load_row import LoadRow
from tasks.measure.accuracy.load_slots import LoadRefused, LoadSlots
from tasks.measure.speed.sent_request import SentRequest
from tasks.plan.planned_request import PlannedRequest


class Server:
    """Answers every request in two rounds of the event loop, but for the numbers that it `refuses`."""

    def __init__(self, refuses: frozenset[int] = frozenset()) -> None:
        self.refuses = refuses
        self.under_way, self.most = 0, 0
        self.rows: list[LoadRow] = []

    def requests(self) -> Iterator[tuple[PlannedRequest, bytes]]:
        """Requests without end."""
        for number in count():
            yield PlannedRequest(number), b"body"

    async def send(self, request: SentRequest, body: bytes) -> None:
        """Answer, or store why not."""
        assert body == b"body"
        await asyncio.sleep(0)
        if request.planned.number in self.refuses:
            request.error = "HTTP 400: too long"
            return
        request.response.status = 200
        request.response.arrivals.append((0.0, 1))
        await asyncio.sleep(0)

    def record(self, request: SentRequest, ended_at: float) -> LoadRow:
        """Keep the row of a request."""
        succeeded = not request.abandoned and request.error is None
        number, error = request.planned.number, request.error
        row = LoadRow(number, datetime.now(UTC), 0.0, succeeded, request.abandoned, None, error)
        self.rows.append(row)
        return row

    def count(self, change: int) -> None:
        """Count what is under way."""
        self.under_way += change
        self.most = max(self.most, self.under_way)

    def slots(self, number: int) -> LoadSlots:
        """So many slots of this server."""
        return LoadSlots(number, self.requests(), self.send, self.record, self.count)


async def wait_for_rows(server: Server, rows: int) -> None:
    """Return once so many requests have ended, without those that are under way."""
    assert server.under_way >= 1
    while len(server.rows) < rows:
        await asyncio.sleep(0)


def test_every_slot_is_busy_until_the_end() -> None:
    server = Server()
    asyncio.run(server.slots(5).hold(lambda: wait_for_rows(server, 40)))
    assert (server.most, server.under_way) == (5, 0)
    assert sorted(row.number for row in server.rows) == list(range(len(server.rows)))
    assert 1 <= sum(row.abandoned for row in server.rows) <= 5
    assert all(row.succeeded or row.abandoned for row in server.rows)


def test_a_load_that_is_refused_from_the_start_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load_slots, "PAUSE_S", 0.0)
    server = Server(refuses=frozenset(range(1000)))

    async def never() -> None:
        raise AssertionError("no question may be asked")

    with pytest.raises(LoadRefused, match="the load does not start: HTTP 400: too long"):
        asyncio.run(server.slots(2).hold(never))
    assert server.under_way == 0


def test_a_failure_at_the_start_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load_slots, "PAUSE_S", 0.0)
    server = Server(refuses=frozenset({0, 1}))
    asyncio.run(server.slots(1).hold(lambda: wait_for_rows(server, 10)))
    assert [row.succeeded for row in server.rows[:4]] == [False, False, True, True]

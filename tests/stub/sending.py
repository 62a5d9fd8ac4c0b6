"""Sending an answer's events as cheaply and punctually as one process can: straight to the transport."""

from __future__ import annotations

import asyncio
from collections import deque
from time import monotonic
from typing import Any

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from tests.stub.job import Job
from tests.stub.log import Row
from tests.stub.timing import Clock

HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n"
    b"Cache-Control: no-cache\r\nTransfer-Encoding: chunked\r\n\r\n"
)
END = b"0\r\n\r\n"
QUIET_S, PATIENCE_S = 0.0005, 0.005
"""A burst is over when nothing came for so long; handling its first request waits no longer than that."""


class Connection(RequestHandler):
    """aiohttp's connection that notes when bytes came in, and writes at once what it is given.

    What came in is handled when nothing more comes, one piece a round of the event loop: a hundred requests
    handled in one go would leave the bytes of the next ones unread, and unnoted, for 10 ms and more.
    """

    __slots__ = ("received",)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """uvloop would keep the bytes until its round is over."""
        super().connection_made(transport)
        transport.set_write_buffer_limits(high=0)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        """Bytes came in; `received` is when. aiohttp itself calls with none to go on with what it has."""
        if not data:
            self.handle(data)
            return
        self.received = monotonic()
        _waiting.append((self, data))
        if len(_waiting) == 1:
            asyncio.get_running_loop().call_soon(_handle_one)

    def handle(self, data: bytes) -> None:
        """Make of the bytes what aiohttp does."""
        if self.transport is not None:
            super().data_received(data)


_waiting: deque[tuple[Connection, bytes]] = deque()


def _handle_one() -> None:
    now = monotonic()
    burst = now - _waiting[-1][0].received < QUIET_S and now - _waiting[0][0].received < PATIENCE_S
    if not burst:
        connection, data = _waiting[0]
        connection.handle(data)
        _waiting.popleft()
    if _waiting:
        asyncio.get_running_loop().call_soon(_handle_one)


class Sent(web.StreamResponse):
    """What aiohttp is given for an answer that went to the transport already."""

    @property
    def keep_alive(self) -> bool:
        """The connection serves the next request."""
        return True

    async def prepare(self, request: web.BaseRequest) -> None:
        """Nothing is left to send."""

    async def write_eof(self, data: Any = b"") -> None:
        """Nothing is left to send."""


class Stream:
    """One answer on its way: each event is written when due, by the clock's own call; no task wakes."""

    def __init__(self, transport: asyncio.Transport, clock: Clock, job: Job, row: Row) -> None:
        self._transport, self._clock, self._job, self._row = transport, clock, job, row
        self._start = row.started or row.arrived
        self._chunks = job.chunks()
        self._ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._head = HEAD

    async def events(self) -> None:
        """All of them. Cancelled when the client leaves."""
        self._plan()
        await self._ended

    def close(self, closing: bytes) -> web.StreamResponse:
        """Usage and the end mark."""
        self._transport.write(frame(closing) + END)
        return Sent()

    def _plan(self) -> None:
        chunk = next(self._chunks, None)
        if chunk is None:
            self._ended.set_result(None)
            return
        self._tokens, event = chunk
        self._data = self._head + frame(event)
        self._head = b""
        self._due = self._start + self._job.offset(self._tokens - 1)
        self._clock.at(self._due, self._write)

    def _write(self) -> None:
        if self._ended.done() or self._transport.is_closing():
            self._ended.cancel()
            return
        self._transport.write(self._data)
        self._row.sent(monotonic(), self._due, self._tokens)
        self._plan()


def frame(data: bytes) -> bytes:
    """A chunk of HTTP."""
    return b"%x\r\n%b\r\n" % (len(data), data)

"""Sending the events of a response on time, written straight to the transport."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from http import HTTPStatus
from time import monotonic
from typing import Any, cast

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from stub.clock import Clock
from stub.request_log import LoggedRequest

EVENTS = "text/event-stream; charset=utf-8"
END = b"0\r\n\r\n"
QUIET_S = 0.0005
"""Seconds without incoming bytes after which a burst of requests is over."""
LONGEST_WAIT_S = 0.005
"""Seconds after which the first request of a burst is handled, even if the burst goes on."""


class Connection(RequestHandler):
    """aiohttp's connection, which also notes when bytes arrived, and writes without a buffer."""

    __slots__ = ("_queue", "received")

    def __init__(self, queue: ReceiveQueue, manager: web.Server, **options: Any) -> None:
        super().__init__(manager, loop=asyncio.get_running_loop(), **options)
        self._queue = queue
        self.received = 0.0
        """When bytes arrived last, in seconds of `time.monotonic`."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Switch the write buffer off: uvloop would keep the bytes until the end of its round."""
        super().connection_made(transport)
        # uvloop's transports have this base class's methods, but not the class itself.
        cast(asyncio.WriteTransport, transport).set_write_buffer_limits(high=0)

    def data_received(self, data: bytes) -> None:
        """Note the time and queue the bytes. aiohttp calls without bytes to go on with earlier ones."""
        if not data:
            self.handle(data)
            return
        self.received = monotonic()
        self._queue.add(self, data)

    def handle(self, data: bytes) -> None:
        """Let aiohttp parse the bytes and start the requests in them."""
        if self.transport is not None:
            super().data_received(data)


class ReceiveQueue:
    """Bytes that arrived and are not handled yet.

    They are handled when a burst is over, one piece in a round of the event loop. If a hundred requests were
    handled in one round, later bytes would stay unread, and their arrival unnoted, for more than 10 ms.
    """

    def __init__(self) -> None:
        self._pieces: deque[tuple[Connection, bytes]] = deque()

    def add(self, connection: Connection, data: bytes) -> None:
        """Queue a piece."""
        self._pieces.append((connection, data))
        if len(self._pieces) == 1:
            asyncio.get_running_loop().call_soon(self._handle_one)

    def _handle_one(self) -> None:
        now = monotonic()
        first, last = self._pieces[0][0].received, self._pieces[-1][0].received
        burst_goes_on = now - last < QUIET_S and now - first < LONGEST_WAIT_S
        if not burst_goes_on:
            connection, data = self._pieces[0]
            connection.handle(data)
            self._pieces.popleft()
        if self._pieces:
            asyncio.get_running_loop().call_soon(self._handle_one)


class AlreadySent(web.StreamResponse):
    """The response object for aiohttp when all bytes were written to the transport already."""

    @property
    def keep_alive(self) -> bool:
        """True: the connection serves the next request."""
        return True

    async def prepare(self, request: web.BaseRequest) -> None:
        """Send nothing."""

    async def write_eof(self, data: Any = b"") -> None:
        """Send nothing."""


class EventStream:
    """The bytes of one response. The clock calls back to write each part when it is due: no task wakes up."""

    def __init__(self, transport: asyncio.Transport, clock: Clock, entry: LoggedRequest) -> None:
        self._transport, self._clock, self._entry = transport, clock, entry
        self._start = entry.started or entry.arrived
        self._ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def send(
        self, chunks: Iterator[tuple[float, int, bytes]], status: int = 200, content_type: str = EVENTS
    ) -> None:
        """Send all chunks: seconds after the start, all tokens sent by then or 0, bytes.

        The head goes with the first one. Cancelled if the client leaves.
        """
        self._chunks, self._status = chunks, status
        self._head = http_head(status, content_type)
        self._schedule_next()
        await self._ended

    def close(self, data: bytes = b"") -> web.StreamResponse:
        """Send the last bytes and end the response."""
        self._transport.write(http_chunk(data) + END)
        self._entry.record_bytes(monotonic())
        return AlreadySent(status=self._status)

    def _schedule_next(self) -> None:
        chunk = next(self._chunks, None)
        if chunk is None:
            self._ended.set_result(None)
            return
        after_s, self._tokens, data = chunk
        self._data = self._head + http_chunk(data)
        self._head = b""
        self._due = self._start + after_s
        self._clock.call_at(self._due, self._write)

    def _write(self) -> None:
        if self._ended.done() or self._transport.is_closing():
            self._ended.cancel()
            return
        self._transport.write(self._data)
        if self._tokens:
            self._entry.record_sent(monotonic(), self._due, self._tokens)
        else:
            self._entry.record_bytes(monotonic())
        self._schedule_next()


def http_head(status: int, content_type: str) -> bytes:
    """The head of a response in chunks."""
    return (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nContent-Type: {content_type}\r\n"
        "Cache-Control: no-cache\r\nTransfer-Encoding: chunked\r\n\r\n"
    ).encode()


def http_chunk(data: bytes) -> bytes:
    """Frame data as a chunk of chunked transfer encoding. No data give no chunk: an empty one is the end."""
    if not data:
        return b""
    return b"%x\r\n%b\r\n" % (len(data), data)

"""Connections to the server that record when a request's bytes are sent and when a response's bytes arrive.

They use aiohttp's connection and parser without aiohttp's session. The session spends as much time on one
request as on a hundred tokens: if a hundred requests start at once, each would wait for the others.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from aiohttp.client_proto import ResponseHandler

from tasks.measure.speed.response.sse import Arrival
from tasks.serve.tls import tls_context

BODY_LIMIT = 2**29
"""The most bytes of a body that may wait unread. A body is read after its end, to delay no other request."""
IDLE_LIMIT_S = 4.0
"""A connection that is idle for longer is not reused: servers such as vLLM close it after 5 s."""
CONNECT_TIMEOUT_S = 30.0


@dataclass(slots=True)
class Response:
    """One response. `sent_at` is the time at which its request was sent; times are perf_counter seconds."""

    sent_at: float | None = None
    arrivals: list[Arrival] = field(default_factory=list)
    status: int | None = None
    content_type: str = ""
    body: bytes = b""


def request_path(url: str) -> str:
    """Return the path and the query of an address, as the first line of a request has them."""
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


class UnparsedQueue:
    """Bytes that arrived on the connections to one server and are not parsed yet.

    All sockets that are ready in one event loop iteration get their arrival times before any parsing.
    """

    __slots__ = ("waiting",)

    def __init__(self) -> None:
        self.waiting: list[tuple[float, Connection, bytes]] = []

    def parse(self) -> None:
        """Parse the bytes in the order in which they arrived."""
        waiting = self.waiting[:]
        self.waiting.clear()
        for arrived_at, connection, data in waiting:
            connection.parse(arrived_at, data)


class Connection(ResponseHandler):
    """aiohttp's connection, which also records when bytes arrive, before it parses them."""

    transport_out: Any
    last_used_at = 0.0

    def __init__(self, loop: asyncio.AbstractEventLoop, unparsed: UnparsedQueue) -> None:
        """Prepare a connection; `unparsed` is shared by all connections to its server."""
        super().__init__(loop)
        self._unparsed = unparsed
        self._arrivals: list[Arrival] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Make uvloop write bytes immediately instead of at the end of its iteration."""
        super().connection_made(transport)
        self.transport_out = transport
        self.transport_out.set_write_buffer_limits(high=0)

    def data_received(self, data: bytes) -> None:
        """Queue the bytes with the time of their arrival."""
        if not data:  # aiohttp calls this itself to continue with buffered bytes
            super().data_received(data)
            return
        waiting = self._unparsed.waiting
        waiting.append((time.perf_counter(), self, data))
        if len(waiting) == 1:
            asyncio.get_running_loop().call_soon(self._unparsed.parse)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Parse the bytes that arrived before the connection was closed, then close."""
        self._unparsed.parse()
        super().connection_lost(exc)

    def parse(self, arrived_at: float, data: bytes) -> None:
        """Parse bytes, and record how much of the body has arrived by then."""
        super().data_received(data)
        if self._payload is not None:
            self._arrivals.append((arrived_at, self._payload.total_bytes))

    async def exchange(self, request: bytes, response: Response) -> None:
        """Send a request and wait for its whole response; raise OSError or aiohttp.ClientError on failure."""
        self._arrivals = response.arrivals
        self.set_response_params(read_until_eof=True, read_bufsize=BODY_LIMIT)
        response.sent_at = time.perf_counter()
        self.transport_out.write(request)
        status = 100
        while status < 200:
            head, payload = await self.read()
            status = head.code
        response.status, response.content_type = status, head.headers.get("Content-Type", "")
        if payload.exception() is None:
            await payload.wait_eof()  # wakes up once a response, not once a chunk
        response.body = await payload.read()
        self.last_used_at = time.perf_counter()

    @property
    def reusable(self) -> bool:
        """Whether another request can be sent on this connection."""
        fresh = time.perf_counter() - self.last_used_at < IDLE_LIMIT_S
        return fresh and self.is_connected() and not self.should_close


class Connections:
    """The connections to one URL; `async with` closes them."""

    def __init__(self, url: str, headers: Mapping[str, str], *, reuse: bool = True) -> None:
        """Prepare the request head; open no connection.

        Args:
            url: the address of the server, and of the requests that name no other; its query is kept.
            headers: the headers of each request.
            reuse: whether a connection carries more than one request.
        """
        parts = urlsplit(url)
        secure = parts.scheme == "https"
        self._host = parts.hostname or ""
        self._port = parts.port or (443 if secure else 80)
        self._ssl = tls_context() if secure else None
        self._path = request_path(url)
        lines = [f"Host: {parts.netloc}", *(f"{name}: {value}" for name, value in headers.items())]
        self._headers = "\r\n".join(lines)
        self._reuse = reuse
        self._idle: list[Connection] = []
        self._unparsed = UnparsedQueue()

    async def __aenter__(self) -> Connections:
        return self

    async def __aexit__(self, *_: object) -> None:
        for connection in self._idle:
            connection.close()

    def http_request(self, body: bytes, path: str | None = None) -> bytes:
        """Return the bytes of a whole HTTP request; called before the measurement starts."""
        head = f"POST {path or self._path} HTTP/1.1\r\n{self._headers}\r\nContent-Length: {len(body)}\r\n\r\n"
        return head.encode() + body

    async def open(self, count: int) -> None:
        """Open connections in advance; if one fails, the request that needs it tries again."""
        await asyncio.gather(*(self._connect_idle() for _ in range(count)))

    async def send(self, request: bytes, response: Response) -> None:
        """Send a request on an idle connection or a new one, and wait for the whole response.

        Raises:
            OSError: the connection cannot be opened, or breaks.
            aiohttp.ClientError: the server disconnects, or its bytes are not HTTP.
        """
        connection = self._take_idle()
        if connection is None:  # not `or`: a connection without unread messages is false
            connection = await self._connect()
        try:
            await connection.exchange(request, response)
        except BaseException:
            connection.abort()
            raise
        if self._reuse and connection.reusable:
            self._idle.append(connection)
        else:
            connection.close()

    def _take_idle(self) -> Connection | None:
        while self._idle:
            connection = self._idle.pop()
            if connection.reusable:
                return connection
            connection.close()
        return None

    async def _connect_idle(self) -> None:
        try:
            self._idle.append(await self._connect())
        except OSError:
            return

    async def _connect(self) -> Connection:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                _, connection = await loop.create_connection(
                    lambda: Connection(loop, self._unparsed), self._host, self._port, ssl=self._ssl
                )
        except OSError as error:  # TimeoutError is one too
            raise ConnectionError(f"cannot connect to {self._host}:{self._port}: {error}") from None
        connection.last_used_at = time.perf_counter()
        return connection

"""Connections to the server that note when a request's bytes went out and when an answer's came in.

A request goes over aiohttp's connection and parser, without its session: that one's work for a request takes
as long as a hundred tokens, and a hundred requests at once would wait for each other's.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from aiohttp.client_proto import ResponseHandler

from tasks.measure.speed.sse import Stamp

WHOLE = 2**29
"""Bytes of an answer that may wait unread: it is read when it has ended, so that reading delays no other."""
IDLE_S = 4.0
"""Below the 5 s after which a server of vLLM's kind closes an idle connection."""
OPENING_S = 30.0


@dataclass(slots=True)
class Response:
    """One exchange. `sent` and the stamps are perf_counter seconds."""

    sent: float | None = None
    stamps: list[Stamp] = field(default_factory=list)
    status: int | None = None
    content_type: str = ""
    content: bytes = b""


class Connection(ResponseHandler):
    """aiohttp's connection that notes when bytes come in, before anything is made of them."""

    out: Any
    used_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Bytes are written at once: uvloop would keep them until its round is over."""
        super().connection_made(transport)
        self.out = transport
        self.out.set_write_buffer_limits(high=0)
        self.stamps: list[Stamp] = []

    def data_received(self, data: bytes) -> None:
        """Bytes came in: their time is taken now, what they say is read when every socket's were taken."""
        if not data:  # aiohttp itself, to go on with what it has
            super().data_received(data)
            return
        _arrived.append((time.perf_counter(), self, data))
        if len(_arrived) == 1:
            asyncio.get_running_loop().call_soon(_read_arrived)

    def connection_lost(self, exc: BaseException | None) -> None:
        """After what came before it."""
        _read_arrived()
        super().connection_lost(exc)

    def take(self, now: float, data: bytes) -> None:
        """Read what came in at `now`."""
        super().data_received(data)
        if self._payload is not None:
            self.stamps.append((now, self._payload.total_bytes))

    async def exchange(self, request: bytes, answer: Response) -> None:
        """Send a whole request and wait for the whole answer; raises OSError or aiohttp.ClientError."""
        self.stamps = answer.stamps
        self.set_response_params(read_until_eof=True, read_bufsize=WHOLE)
        answer.sent = time.perf_counter()
        self.out.write(request)
        code = 100
        while code < 200:
            head, payload = await self.read()
            code = head.code
        answer.status, answer.content_type = code, head.headers.get("Content-Type", "")
        if payload.exception() is None:
            await payload.wait_eof()  # one awakening an answer, not one a chunk
        answer.content = await payload.read()
        self.used_at = time.perf_counter()

    @property
    def usable(self) -> bool:
        """Whether another request may go this way."""
        fresh = time.perf_counter() - self.used_at < IDLE_S
        return fresh and self.is_connected() and not self.should_close


_arrived: list[tuple[float, Connection, bytes]] = []


def _read_arrived() -> None:
    arrived = _arrived[:]
    _arrived.clear()
    for now, connection, data in arrived:
        connection.take(now, data)


class Connections:
    """The connections to one server; `async with` closes them."""

    def __init__(self, url: str, headers: dict[str, str]) -> None:
        parts = urlsplit(url)
        self._host, secure = parts.hostname or "", parts.scheme == "https"
        self._port = parts.port or (443 if secure else 80)
        self._ssl = ssl.create_default_context() if secure else None
        self._path = parts.path or "/"
        lines = [f"Host: {parts.netloc}", *(f"{name}: {value}" for name, value in headers.items())]
        self._headers = "\r\n".join(lines)
        self._idle: list[Connection] = []

    async def __aenter__(self) -> Connections:
        return self

    async def __aexit__(self, *_: object) -> None:
        for connection in self._idle:
            connection.close()

    def request(self, body: bytes) -> bytes:
        """A whole request as it goes over the wire; made before the clock starts."""
        head = f"POST {self._path} HTTP/1.1\r\n{self._headers}\r\nContent-Length: {len(body)}\r\n\r\n"
        return head.encode() + body

    async def open(self, count: int) -> None:
        """Open so many connections for requests to come; those that fail are left to them."""
        await asyncio.gather(*(self._opened_idle() for _ in range(count)))

    async def ask(self, request: bytes, answer: Response) -> None:
        """Send a request on a free connection, or on a new one; raises OSError or aiohttp.ClientError."""
        connection = self._free()
        if connection is None:  # not `or`: one without unread messages is false
            connection = await self._opened()
        try:
            await connection.exchange(request, answer)
        except BaseException:
            connection.abort()
            raise
        if connection.usable:
            self._idle.append(connection)
        else:
            connection.close()

    def _free(self) -> Connection | None:
        while self._idle:
            connection = self._idle.pop()
            if connection.usable:
                return connection
            connection.close()
        return None

    async def _opened_idle(self) -> None:
        try:
            self._idle.append(await self._opened())
        except OSError:
            return

    async def _opened(self) -> Connection:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(OPENING_S):
                _, connection = await loop.create_connection(
                    lambda: Connection(loop), self._host, self._port, ssl=self._ssl
                )
        except OSError as error:  # a time-out is one too
            raise ConnectionError(f"cannot connect to {self._host}:{self._port}: {error}") from None
        connection.used_at = time.perf_counter()
        return connection

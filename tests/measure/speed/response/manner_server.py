"""A server that answers in the manner that the path names, and answers that are no HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager

from stub.manners.manner_registry import MANNERS
from tests.helpers.threaded_server import threaded_server

SCALE = 0.05
"""Seconds on the connection for each second of a manner."""
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
NO_HTTP: dict[str, bytes] = {
    "closed": b"",
    "no-http": b"hello\r\n\r\n",
    "status-text": b"HTTP/1.1 abc OK\r\n\r\n",
    "half-head": OK[:30],
    "long-header": OK + b"X: " + b"x" * 100_000 + b"\r\n\r\n",
    "broken-header": OK + b"no colon\r\n\r\n",
    "chunk-size": CHUNKED + b"zz\r\ndata\r\n",
    "chunk-cut": CHUNKED + b"ff\r\ndata: ",
    "short-body": OK + b"Content-Length: 1000\r\n\r\ndata: ",
    "long-length": OK + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n",
    "text-length": OK + b"Content-Length: many\r\n\r\n",
    "no-gzip": OK + b"Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello",
    "no-deflate": OK + b"Content-Encoding: deflate\r\nContent-Length: 5\r\n\r\nhello",
    "nothing": OK + b"Content-Length: 0\r\n\r\n",
    "no-content": b"HTTP/1.1 204 No Content\r\n\r\n",
    "redirect": b"HTTP/1.1 307 Moved\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n",
    "bytes": bytes(range(256)) * 20,
}
"""Raw answers, after which the server closes the connection."""


@contextmanager
def manner_server() -> Iterator[str]:
    """Run the server and yield its address; a path begins with the name of a manner or of NO_HTTP."""

    async def serve(address: Future[str], stop: asyncio.Event) -> None:
        server = await asyncio.start_server(_answer, "127.0.0.1", 0)
        address.set_result(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        async with server:
            await stop.wait()

    with threaded_server(serve) as address:
        yield address


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer one request, and close the connection."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            int(line[15:]) for line in head.splitlines() if line.lower().startswith(b"content-length:")
        )
        await reader.readexactly(length)
        name = head.split(b"/")[1].decode()
        if name in NO_HTTP:
            writer.write(NO_HTTP[name])
        else:
            await _send(writer, name)
        writer.close()
    except (asyncio.IncompleteReadError, ConnectionError):  # a connection that was opened in advance
        writer.close()


async def _send(writer: asyncio.StreamWriter, name: str) -> None:
    (manner,) = [manner for manner in MANNERS if manner.name == name]
    start = asyncio.get_running_loop().time()
    content_type = f"Content-Type: {manner.content_type}\r\n".encode()
    writer.write(b"HTTP/1.1 %d Manner\r\n" % manner.status + content_type)
    writer.write(b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n")
    for after_s, data in manner.pieces:
        await asyncio.sleep(start + after_s * SCALE - asyncio.get_running_loop().time())
        if data:
            writer.write(b"%x\r\n%b\r\n" % (len(data), data))
    writer.write(b"0\r\n\r\n")
    await writer.drain()

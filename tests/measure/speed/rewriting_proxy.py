"""A proxy in front of a stub that rewrites its responses as real proxies and frameworks do."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager

import aiohttp
from aiohttp import web

from tests.helpers.threaded_server import threaded_server

LONG = "x" * 100_000
Rewrite = Callable[[bytes], bytes]


def crlf(chunk: bytes) -> bytes:
    """End lines with CRLF, as some frameworks do."""
    return chunk.replace(b"\n", b"\r\n")


def long_lines(chunk: bytes) -> bytes:
    """Add a field of 100,000 characters to each event."""
    return chunk.replace(b'data: {"', b'data: {"' + f'padding":"{LONG}","'.encode())


def comments(chunk: bytes) -> bytes:
    """Add keep-alive comments and further fields between the events."""
    return chunk.replace(b"data: {", b": ping\n\nid: 7\nevent: message\ndata: {")


def unicode(chunk: bytes) -> bytes:
    """Put a character of four bytes and line separators of Unicode into the text, unescaped."""
    return chunk.replace(b'"text": "', '"text": "\U0001f600\u2028\u0085'.encode())


REWRITES: dict[str, Rewrite] = {
    "crlf": crlf,
    "long-lines": long_lines,
    "comments": comments,
    "unicode": unicode,
    "gzip": bytes,
    "bytes": bytes,
}
WHOLE = "whole"
"""The path under which the whole response is sent at once, when it has ended."""


@contextmanager
def rewriting_proxy(target: str) -> Iterator[str]:
    """Run a proxy and yield its address; each key of REWRITES, and WHOLE, is a path to the target."""

    async def serve(address: Future[str], stop: asyncio.Event) -> None:
        async with aiohttp.ClientSession() as session:

            async def handle(request: web.Request) -> web.StreamResponse:
                return await _pass_on(session, target, request)

            app = web.Application()
            app.router.add_post("/{name}/{path:.*}", handle)
            runner = web.AppRunner(app)
            await runner.setup()
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            address.set_result(f"http://127.0.0.1:{runner.addresses[0][1]}")
            await stop.wait()
            await runner.cleanup()

    with threaded_server(serve) as address:
        yield address


async def _pass_on(session: aiohttp.ClientSession, target: str, request: web.Request) -> web.StreamResponse:
    name, url = request.match_info["name"], f"{target}/{request.match_info['path']}"
    async with session.post(url, json=json.loads(await request.read())) as original:
        response = web.StreamResponse(headers={"Content-Type": original.headers["Content-Type"]})
        compressor = zlib.compressobj(wbits=31) if name == "gzip" else None
        if compressor:
            response.headers["Content-Encoding"] = "gzip"
        await response.prepare(request)
        if name == WHOLE:
            await response.write(await original.content.read())
        async for line in original.content:
            data = REWRITES[name](line)
            if compressor:
                await response.write(compressor.compress(data) + compressor.flush(zlib.Z_SYNC_FLUSH))
            elif name == "bytes":
                for byte in data:
                    await response.write(bytes((byte,)))
            else:
                await response.write(data)
        if compressor:
            await response.write(compressor.flush())
        await response.write_eof()
        return response

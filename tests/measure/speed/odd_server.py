"""A server in front of a stub that passes its answers on in ways that real proxies have."""

from __future__ import annotations

import asyncio
import json
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import aiohttp
from aiohttp import web

LONG = "x" * 100_000
Pass = Callable[[bytes], bytes]


def crlf(chunk: bytes) -> bytes:
    """Lines as some frameworks end them."""
    return chunk.replace(b"\n", b"\r\n")


def long_lines(chunk: bytes) -> bytes:
    """A field of 100,000 characters in each event."""
    return chunk.replace(b'data: {"', b'data: {"' + f'padding":"{LONG}","'.encode())


def comments(chunk: bytes) -> bytes:
    """Keep-alive comments and fields that nobody asked for, between the events."""
    return chunk.replace(b"data: {", b": ping\n\nid: 7\nevent: message\ndata: {")


def unicode(chunk: bytes) -> bytes:
    """Text of four bytes a character, not escaped, and line separators that are none of the protocol's."""
    return chunk.replace(b'"text": "', '"text": "\U0001f600\u2028\u0085'.encode())


PASSES: dict[str, Pass] = {
    "crlf": crlf,
    "long-lines": long_lines,
    "comments": comments,
    "unicode": unicode,
    "gzip": bytes,
    "bytes": bytes,
}
WHOLE = "whole"
"""The name under which an answer is held back to its end, and passed on at once."""


@contextmanager
def odd_server(target: str) -> Iterator[str]:
    """Its address; under each name of PASSES stands the target, passed on that way."""
    loop, ready, stop = asyncio.new_event_loop(), threading.Event(), asyncio.Event()
    port: list[int] = []

    async def serve() -> None:
        async with aiohttp.ClientSession() as session:

            async def handle(request: web.Request) -> web.StreamResponse:
                return await _passed_on(session, target, request)

            app = web.Application()
            app.router.add_post("/{name}/{path:.*}", handle)
            runner = web.AppRunner(app)
            await runner.setup()
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            port.append(runner.addresses[0][1])
            ready.set()
            await stop.wait()
            await runner.cleanup()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield f"http://127.0.0.1:{port[0]}"
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()


async def _passed_on(session: aiohttp.ClientSession, target: str, request: web.Request) -> web.StreamResponse:
    name = request.match_info["name"]
    asked = json.loads(await request.read())
    async with session.post(f"{target}/{request.match_info['path']}", json=asked) as found:
        answer = web.StreamResponse(headers={"Content-Type": found.headers["Content-Type"]})
        packer = zlib.compressobj(wbits=31) if name == "gzip" else None
        if packer:
            answer.headers["Content-Encoding"] = "gzip"
        await answer.prepare(request)
        if name == WHOLE:
            await answer.write(await found.content.read())
        async for line in found.content:
            data = PASSES[name](line)
            if packer:
                await answer.write(packer.compress(data) + packer.flush(zlib.Z_SYNC_FLUSH))
            elif name == "bytes":
                for byte in data:
                    await answer.write(bytes((byte,)))
            else:
                await answer.write(data)
        if packer:
            await answer.write(packer.flush())
        await answer.write_eof()
        return answer

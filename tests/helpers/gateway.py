"""A gateway in front of a stub, which differs from a plain server in the ways that real gateways do."""

from __future__ import annotations

import asyncio
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

from tests.helpers.certificates import Certificates

RENAMED = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens'."
LIMIT_S = 10.0


@dataclass(frozen=True)
class Manner:
    """How a gateway differs.

    Attributes:
        prefix: the path before /v1.
        query: what every address must have after `?`.
        certificates: for TLS.
        closes: whether it closes each connection after its response, without a header that says so.
        hides: the paths without prefix that it answers with 404.
        renames_max_tokens: whether it refuses `max_tokens` in chat requests.
        header: a header, as name and value, that every request must have.
        holds: whether it keeps a request back for now, by its body. It asks again every 20 ms.
    """

    prefix: str = ""
    query: str = ""
    certificates: Certificates | None = None
    closes: bool = False
    hides: tuple[str, ...] = ()
    renames_max_tokens: bool = False
    header: tuple[str, str] | None = None
    holds: Callable[[dict[str, Any]], bool] = lambda body: False


@dataclass
class Gateway:
    """A gateway that runs: its address, the requests (path, query, body), and the clients' addresses."""

    url: str = ""
    requests: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    peers: set[object] = field(default_factory=set)

    def bodies(self, path: str) -> list[dict[str, Any]]:
        """The bodies of the requests to a path."""
        return [body for its_path, _, body in self.requests if its_path == path]


@contextmanager
def gateway_to(target: str, manner: Manner) -> Iterator[Gateway]:
    """Run a gateway to a server's address without /v1."""
    gateway, loop, stop = Gateway(), asyncio.new_event_loop(), asyncio.Event()
    port: Future[int] = Future()
    thread = threading.Thread(
        target=lambda: loop.run_until_complete(_serve(target, manner, gateway, port, stop)), daemon=True
    )
    thread.start()
    scheme = "https" if manner.certificates else "http"
    query = f"?{manner.query}" if manner.query else ""
    gateway.url = f"{scheme}://127.0.0.1:{port.result(LIMIT_S)}{manner.prefix}/v1{query}"
    try:
        yield gateway
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(LIMIT_S)
        loop.close()


async def _serve(
    target: str, manner: Manner, gateway: Gateway, port: Future[int], stop: asyncio.Event
) -> None:
    async with aiohttp.ClientSession() as session:

        async def handle(request: web.Request) -> web.StreamResponse:
            if request.transport is not None:
                gateway.peers.add(request.transport.get_extra_info("peername"))
            return await _pass_on(session, target, manner, gateway, request)

        app = web.Application(client_max_size=2**26)
        app.router.add_route("*", "/{path:.*}", handle)
        runner = web.AppRunner(app)
        await runner.setup()
        context = None
        if manner.certificates:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(manner.certificates.server, manner.certificates.key)
        site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
        await site.start()
        port.set_result(runner.addresses[0][1])
        await stop.wait()
        await runner.cleanup()


async def _pass_on(
    session: aiohttp.ClientSession, target: str, manner: Manner, gateway: Gateway, request: web.Request
) -> web.StreamResponse:
    raw = await request.read()
    body = json.loads(raw) if raw else {}
    path = request.path.removeprefix(manner.prefix)
    gateway.requests.append((path, request.rel_url.raw_query_string, body))
    refusal = _refusal(manner, request, path, body)
    if refusal is not None:
        return refusal
    while manner.holds(body):
        if request.transport is None:
            return web.Response()  # the client has gone
        await asyncio.sleep(0.02)
    headers = {"Content-Type": "application/json"}
    if "Authorization" in request.headers:
        headers["Authorization"] = request.headers["Authorization"]
    async with session.request(request.method, target + path, data=raw or None, headers=headers) as original:
        kind = {"Content-Type": original.headers.get("Content-Type", "text/plain")}
        response = web.StreamResponse(status=original.status, headers=kind)
        await response.prepare(request)
        async for chunk in original.content.iter_any():
            await response.write(chunk)
        await response.write_eof()
        if manner.closes and request.transport is not None:
            request.transport.close()
        return response


def _refusal(manner: Manner, request: web.Request, path: str, body: dict[str, Any]) -> web.Response | None:
    if not request.path.startswith(f"{manner.prefix}/") or path in manner.hides:
        return web.json_response({"error": {"message": "no such page"}}, status=404)
    if request.rel_url.raw_query_string != manner.query:
        return web.json_response({"error": {"message": "wrong query"}}, status=404)
    if manner.header and request.headers.get(manner.header[0]) != manner.header[1]:
        sent = request.headers.get(manner.header[0], "nothing")
        return web.json_response({"error": {"message": f"refused: {sent}"}}, status=401)
    if manner.renames_max_tokens and "chat" in path and "max_tokens" in body:
        return web.json_response({"error": {"message": RENAMED}}, status=400)
    return None

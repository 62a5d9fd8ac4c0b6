"""Serving: the socket, and the end on a signal."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import Callable, Sequence

from aiohttp import web

from stub.app import ENGINE, make_app
from stub.event_stream import Connection, ReceiveQueue
from stub.options import Options
from stub.request_log import LoggedRequest

BACKLOG = 4096


async def listen(app: web.Application, host: str, port: int) -> tuple[web.AppRunner, asyncio.Server]:
    """Serve at an address. Returns the runner and the socket server, for the caller to close."""
    # If a client leaves, its handler is cancelled and its slot released, as vLLM aborts such a request.
    runner = web.AppRunner(
        app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1, keepalive_timeout=3600
    )
    await runner.setup()
    server, queue = runner.server, ReceiveQueue()
    assert server is not None

    def connect() -> Connection:
        return Connection(queue, server, **server._kwargs)

    loop = asyncio.get_running_loop()
    return runner, await loop.create_server(connect, host, port, backlog=BACKLOG)


async def serve(options: Options, on_ready: Callable[[int], None]) -> Sequence[LoggedRequest]:
    """Serve until SIGINT or SIGTERM. Returns the log.

    Args:
        options: what to serve.
        on_ready: called with the port once the server listens.

    Raises:
        OSError: the address is not free, or a file of the options cannot be used.
        ValueError: an option has a wrong value.
    """
    app = make_app(options)
    runner, listening = await listen(app, options.host, options.port)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    # Objects of the start-up are excluded from garbage collection, so that collections stay short.
    gc.collect()
    gc.freeze()
    on_ready(listening.sockets[0].getsockname()[1])
    await stop.wait()
    listening.close()
    await runner.cleanup()
    app[ENGINE].close()
    return app[ENGINE].log

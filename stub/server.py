"""The stub's process: `python -m stub.server --port 0 …` prints `ready PORT` and serves.

The process ends on SIGTERM, on SIGINT, and when its stdin closes, so it cannot outlive its parent.
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import threading

import uvloop
from aiohttp import web

from stub.app import make_app
from stub.event_stream import Connection, ReceiveQueue
from stub.options import Options, parse_options

BACKLOG = 4096


async def listen(app: web.Application, port: int) -> tuple[web.AppRunner, asyncio.Server]:
    """Serve on the loopback address. Returns the runner and the socket server, for the caller to close."""
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
    return runner, await loop.create_server(connect, "127.0.0.1", port, backlog=BACKLOG)


async def serve(options: Options) -> None:
    """Serve until a signal or the end of stdin."""
    runner, listening = await listen(make_app(options), options.port)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    threading.Thread(target=_exit_with_stdin, name="stdin", daemon=True).start()
    # Objects of the start-up are excluded from garbage collection, so that collections stay short.
    gc.collect()
    gc.freeze()
    print(f"ready {listening.sockets[0].getsockname()[1]}", flush=True)
    await stop.wait()
    listening.close()
    await runner.cleanup()


def _exit_with_stdin() -> None:
    while os.read(0, 4096):
        pass
    os._exit(0)


if __name__ == "__main__":
    uvloop.run(serve(parse_options()))

"""The stub's process: `python -m tests.stub.server --port 0 …` prints `ready PORT` and serves.

It ends when its stdin closes, so that it cannot outlive whoever started it, and on SIGTERM or SIGINT.
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import threading

import uvloop
from aiohttp import web

from tests.stub.app import make_app
from tests.stub.options import Options, parse_options
from tests.stub.sending import Connection


async def listen(app: web.Application, port: int) -> tuple[web.AppRunner, asyncio.Server]:
    """Serve on loopback over connections that know when bytes come in; returns what has to be ended."""
    # Cancelling the handler of a client that left frees its slot, as vLLM's abort does.
    runner = web.AppRunner(
        app, access_log=None, handler_cancellation=True, shutdown_timeout=0.1, keepalive_timeout=3600
    )
    await runner.setup()
    loop, server = asyncio.get_running_loop(), runner.server
    assert server is not None
    listening = await loop.create_server(
        lambda: Connection(server, loop=loop, **server._kwargs), "127.0.0.1", port, backlog=4096
    )
    return runner, listening


async def serve(options: Options) -> None:
    """Serve on loopback until told to end."""
    runner, listening = await listen(make_app(options), options.port)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    threading.Thread(target=_end_with_stdin, name="stdin", daemon=True).start()
    # What start-up left behind is never looked at again: collections stay short.
    gc.collect()
    gc.freeze()
    print(f"ready {listening.sockets[0].getsockname()[1]}", flush=True)
    await stop.wait()
    listening.close()
    await runner.cleanup()


def _end_with_stdin() -> None:
    while os.read(0, 4096):
        pass
    os._exit(0)


if __name__ == "__main__":
    uvloop.run(serve(parse_options()))

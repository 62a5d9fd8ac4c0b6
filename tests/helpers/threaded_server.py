"""Runs an asyncio server in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any

Serve = Callable[["Future[str]", asyncio.Event], Coroutine[Any, Any, None]]
"""Starts a server, sets its address, and returns when the event is set."""


@contextmanager
def threaded_server(serve: Serve) -> Iterator[str]:
    """Run `serve` in a thread until the block ends, and yield the address that it sets."""
    loop, stop = asyncio.new_event_loop(), asyncio.Event()
    address: Future[str] = Future()
    thread = threading.Thread(target=lambda: loop.run_until_complete(serve(address, stop)), daemon=True)
    thread.start()
    try:
        yield address.result(60)
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(60)
        loop.close()

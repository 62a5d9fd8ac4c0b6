"""Work in a daemon thread, whose result or error another thread waits for."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import TypeVar

Result = TypeVar("Result")
SLICE_S = 0.2
"""Seconds after which a signal's handler runs at the latest while a result is awaited."""


def in_background(work: Callable[[], Result]) -> Future[Result]:
    """Call `work` in a daemon thread: `work` needs no cleanup when the process ends."""
    future: Future[Result] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=run, name="background", daemon=True).start()
    return future


def result_of(future: Future[Result]) -> Result:
    """Wait for the result of `in_background`, and let signals interrupt the wait. Raises what `work` raised.

    Python runs a signal's handler between two instructions of the main thread. polars makes system calls
    restart after SIGINT, so `Future.result` without a timeout would not hear Ctrl-C.
    """
    while not wait([future], timeout=SLICE_S).done:
        pass
    return future.result()

"""A run that a worker started ends itself when that worker is gone."""

from __future__ import annotations

import os
import select
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from prefect.runtime import flow_run

PAUSE_S = 1.0
LIMIT_S = 20.0


@contextmanager
def end_with_worker() -> Iterator[None]:
    """Watch the worker while the block lasts; a run without one is left alone."""
    if not os.environ.get("PREFECT__FLOW_RUN_ID") or flow_run.parent_flow_run_id:
        yield
        return
    over = threading.Event()
    threading.Thread(target=_watch, args=(os.getppid(), over), name="watch-worker", daemon=True).start()
    try:
        yield
    finally:
        over.set()


def _watch(worker: int, over: threading.Event) -> None:
    while not over.wait(PAUSE_S):
        if os.getppid() != worker or _unread(1):
            break
    else:
        return
    # The worker read our output; a write into the broken pipe would end the process before it has cleaned up.
    nothing = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nothing, stream)
    os.kill(os.getpid(), signal.SIGTERM)
    if not over.wait(LIMIT_S):
        os._exit(143)  # what the server and the measuring processes leave, their guardians end


def _unread(descriptor: int) -> bool:
    """Whether the other end of an output pipe is closed."""
    poll = select.poll()
    poll.register(descriptor, 0)
    return any(event & select.POLLERR for _, event in poll.poll(0))

"""A run ends itself when the worker that started it has exited."""

from __future__ import annotations

import os
import select
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from prefect.runtime import flow_run

PAUSE_S = 1.0
STOP_LIMIT_S = 20.0
"""Seconds that the run has to stop its server and record its outcome."""
STDOUT, STDERR = 1, 2


@contextmanager
def end_with_worker() -> Iterator[None]:
    """Watch the worker inside the block; does nothing in a run that no worker started."""
    if not os.environ.get("PREFECT__FLOW_RUN_ID") or flow_run.parent_flow_run_id:
        yield
        return
    ended = threading.Event()
    threading.Thread(target=_watch, args=(os.getppid(), ended), name="watch-worker", daemon=True).start()
    try:
        yield
    finally:
        ended.set()


def _watch(worker: int, ended: threading.Event) -> None:
    while os.getppid() == worker and not _is_closed(STDOUT):
        if ended.wait(PAUSE_S):
            return
    # The exited worker held the other end of the output pipe. A write into the broken pipe would end this
    # process before its cleanup.
    null = os.open(os.devnull, os.O_WRONLY)
    for stream in (STDOUT, STDERR):
        os.dup2(null, stream)
    os.kill(os.getpid(), signal.SIGTERM)
    if not ended.wait(STOP_LIMIT_S):
        os._exit(143)  # the guardians end the server and the measuring processes


def _is_closed(descriptor: int) -> bool:
    """Whether the other end of an output pipe is closed."""
    poll = select.poll()
    poll.register(descriptor, 0)
    return any(event & select.POLLERR for _, event in poll.poll(0))

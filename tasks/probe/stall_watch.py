"""An eye on a server's own figures beside a measurement: whether they move while it has work."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx

from tasks.errors import ServerDied
from tasks.probe.http_client import client_for
from tasks.probe.server_metrics import ServerMetrics, read_metrics
from tasks.serve.endpoint import Endpoint

LIMIT_S = 180.0
"""In one step no figure moves: 8192 tokens of prefill take 164 s where the engine does 50 a second."""
ENOUGH = 3
"""So many readings in a row must be the same: a pause of this process alone accuses nobody."""
READINGS, PAUSE_S = 6, 5.0
"""Readings in a limit, and the longest time between two: the page is long, and nobody waits for it."""
REQUEST_LIMIT_S = 5.0
STOP_LIMIT_S = 0.1
OUTPUT = "vllm:generation_tokens_total"
"""Without it, figures that do not move say nothing."""
WORK = ("vllm:num_requests_running", "vllm:num_requests_waiting")


class StallWatch:
    """What the readings have shown so far. `busy`: requests of ours are known to be under way."""

    def __init__(self, endpoint: Endpoint, limit_s: float, clock: Callable[[], float]) -> None:
        self.busy = False
        self._endpoint, self._limit_s, self._clock = endpoint, limit_s, clock
        self._moved_at = self._read_at = clock()
        self._last: dict[str, float] = {}
        self._same = 0

    def check(self) -> None:
        """Return at once while the figures move, or where nothing is to do.

        Raises:
            ServerDied: several readings in a row were the same, over `limit_s` or longer, with work to do.
        """
        stalled_s = self._read_at - self._moved_at
        if self._same >= ENOUGH and stalled_s >= self._limit_s:
            raise ServerDied(
                f"the server {self._endpoint.model} answers /health, but did nothing for {stalled_s:.0f} s",
                "its engine hangs: read the end of its log; where a step takes so long, raise "
                f"server.stall_timeout_s (now {self._limit_s:g})",
            )

    def _read(self, metrics: ServerMetrics | None) -> None:
        self._read_at = self._clock()
        figures = metrics.counters if metrics else {}
        working = self.busy or any(figures.get(name, 0) > 0 for name in WORK)
        if OUTPUT in figures and figures == self._last and working:
            self._same += 1
        else:
            self._moved_at, self._same = self._read_at, 0
        self._last = figures


@contextmanager
def watching_progress(
    endpoint: Endpoint,
    limit_s: float | None = LIMIT_S,
    *,
    transport: httpx.BaseTransport | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[StallWatch]:
    """Read the figures several times a limit, in a thread of its own, until the block is left.

    A server without vLLM's figures is never accused. None: nothing is read.
    """
    progress, stop = StallWatch(endpoint, limit_s or 0.0, clock), threading.Event()

    def read() -> None:
        with client_for(endpoint, transport, REQUEST_LIMIT_S) as client:
            while not stop.wait(min(PAUSE_S, (limit_s or 0.0) / READINGS)):
                progress._read(read_metrics(endpoint, client=client))

    thread = threading.Thread(target=read, name="server-progress", daemon=True)
    if limit_s is not None:
        thread.start()
    try:
        yield progress
    finally:
        stop.set()
        if limit_s is not None:
            thread.join(STOP_LIMIT_S)  # a request that hangs is left to its own limit

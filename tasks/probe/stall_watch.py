"""Reads a server's metrics during a measurement, to notice an engine that has work but makes no progress."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx

from tasks.errors import ServerDied
from tasks.probe.engine_metrics.meaning import Meaning
from tasks.probe.http_client import client_for
from tasks.probe.server_metrics import MetricsReader, ServerMetrics
from tasks.serve.endpoint import Endpoint

LIMIT_S = 180.0
"""Longer than one engine step, in which no metric changes: 8192 tokens of prefill take 164 s at 50 tok/s."""
MIN_SAME_READINGS = 3
"""Consecutive equal readings that make a stall; time alone also passes while this process is paused."""
READINGS_PER_LIMIT = 6
MAX_INTERVAL_S = 5.0
REQUEST_TIMEOUT_S = 5.0
JOIN_TIMEOUT_S = 0.1


class StallWatch:
    """The readings so far. Set `busy` while this program's requests wait for a response."""

    def __init__(self, endpoint: Endpoint, limit_s: float, clock: Callable[[], float]) -> None:
        self.busy = False
        self._endpoint, self._limit_s, self._clock = endpoint, limit_s, clock
        self._changed_at = self._read_at = clock()
        self._last_values: dict[str, float] = {}
        self._same_readings = 0

    def check(self) -> None:
        """Raise an error if the server has work but its metrics do not change; send nothing.

        Raises:
            ServerDied: consecutive readings were equal for `limit_s` or longer while the server had work.
        """
        stalled_s = self._read_at - self._changed_at
        if self._same_readings >= MIN_SAME_READINGS and stalled_s >= self._limit_s:
            raise ServerDied(
                f"the server {self._endpoint.model} answers /health, but did nothing for {stalled_s:.0f} s",
                "its engine hangs: read the end of its log; where a step takes so long, raise "
                f"server.stall_timeout_s (now {self._limit_s:g})",
            )

    def record(self, metrics: ServerMetrics | None) -> None:
        """Compare new metrics with the last ones; `metrics` is None if they could not be read."""
        self._read_at = self._clock()
        values = metrics.counters if metrics else {}
        if metrics and _shows_steps(metrics) and values == self._last_values and self._has_work(metrics):
            self._same_readings += 1
        else:
            self._changed_at, self._same_readings = self._read_at, 0
        self._last_values = values

    def _has_work(self, metrics: ServerMetrics) -> bool:
        return self.busy or bool(metrics.value(Meaning.RUNNING) or metrics.value(Meaning.WAITING))


def _shows_steps(metrics: ServerMetrics) -> bool:
    """Return whether equal readings mean that the engine stalls.

    An engine that counts tokens only at the end of a request shows no progress during a long request.
    """
    counts_each_step = metrics.table is not None and metrics.table.counts_each_step
    return counts_each_step and metrics.value(Meaning.OUTPUT_TOKENS) is not None


@contextmanager
def watching_stalls(
    endpoint: Endpoint,
    limit_s: float | None = LIMIT_S,
    *,
    transport: httpx.BaseTransport | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[StallWatch]:
    """Read the metrics several times within the limit, from a thread, until the `with` block ends.

    Only an engine whose metrics change in every step, such as vLLM, can count as stalled.

    Args:
        endpoint: the server.
        limit_s: seconds without progress before the engine counts as hung; None reads nothing.
        transport: replaces the network in tests.
        clock: replaced in tests.
    """
    watch, stop = StallWatch(endpoint, limit_s or 0.0, clock), threading.Event()
    if limit_s is None:
        yield watch
        return
    interval_s = min(MAX_INTERVAL_S, limit_s / READINGS_PER_LIMIT)

    def read() -> None:
        with client_for(endpoint, transport, REQUEST_TIMEOUT_S) as client:
            reader = MetricsReader(endpoint, client)
            while not stop.wait(interval_s):
                watch.record(reader.read())

    thread = threading.Thread(target=read, name="server-progress", daemon=True)
    thread.start()
    try:
        yield watch
    finally:
        stop.set()
        thread.join(JOIN_TIMEOUT_S)  # a request that hangs ends with its own timeout

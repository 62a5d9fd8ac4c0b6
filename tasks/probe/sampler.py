"""The server's figures over time, read beside a measurement."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import httpx

from tasks.probe.client import client_for
from tasks.probe.metrics import ServerMetrics, read_metrics
from tasks.serve.results import Endpoint

REQUEST_LIMIT_S = 5.0
STOP_LIMIT_S = 0.5


@dataclass(frozen=True, slots=True)
class Sample:
    """One figure at one moment (UTC). `metric` is the source's own name for it."""

    time: datetime
    source: str
    metric: str
    value: float


def readings(metrics: ServerMetrics | None) -> tuple[Sample, ...]:
    """One sample a figure; none where the server has none."""
    if metrics is None:
        return ()
    return tuple(Sample(metrics.time, "server", *item) for item in metrics.counters.items())


class Samples:
    """What was read so far."""

    def __init__(self) -> None:
        self._rows: list[Sample] = []

    @property
    def rows(self) -> tuple[Sample, ...]:
        """Every sample until now, the oldest first."""
        return tuple(self._rows)

    def _read(self, endpoint: Endpoint, client: httpx.Client) -> None:
        self._rows += readings(read_metrics(endpoint, client=client))


@contextmanager
def sampling(
    endpoint: Endpoint, interval_s: float = 1.0, *, transport: httpx.BaseTransport | None = None
) -> Iterator[Samples]:
    """Read the server's figures each `interval_s`, at once for the first time, until the block is left.

    Never raises: a server without /metrics gives no rows, one that is gone gives no more of them.
    """
    samples, stop = Samples(), threading.Event()

    def read() -> None:
        with client_for(endpoint, transport, REQUEST_LIMIT_S) as client:
            while True:
                samples._read(endpoint, client)
                if stop.wait(interval_s):
                    return

    thread = threading.Thread(target=read, name="server-metrics", daemon=True)
    thread.start()
    try:
        yield samples
    finally:
        stop.set()
        thread.join(STOP_LIMIT_S)  # a request that hangs is left to its own limit

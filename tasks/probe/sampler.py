"""Figures over time, read beside a measurement: a thread for each source, so that none waits for another."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import httpx

from tasks.probe.http_client import client_for
from tasks.probe.reading import Reading
from tasks.probe.server_metrics import ServerMetrics, read_metrics
from tasks.serve.endpoint import Endpoint

REQUEST_LIMIT_S = 5.0


class Source(Protocol):
    """Something with figures. Its methods never raise, and are called in one thread."""

    @property
    def name(self) -> str:
        """As readings call it."""

    @property
    def interval_s(self) -> float:
        """From one reading to the next, both begun."""

    @property
    def patience_s(self) -> float:
        """How long its last readings are waited for."""

    def read(self) -> tuple[Reading, ...]:
        """The figures now."""

    def close(self) -> tuple[Reading, ...]:
        """Put away what is held; the last figures, where they are cheap."""


class ServerSource:
    """The server's /metrics; no readings without one, no more of them once it is gone."""

    name = "server"
    patience_s = 0.1
    """A request that hangs is left to its own limit."""

    def __init__(
        self, endpoint: Endpoint, interval_s: float = 1.0, transport: httpx.BaseTransport | None = None
    ) -> None:
        self.interval_s = interval_s
        self._endpoint, self._client = endpoint, client_for(endpoint, transport, REQUEST_LIMIT_S)

    def read(self) -> tuple[Reading, ...]:
        """One reading a figure."""
        return readings(read_metrics(self._endpoint, client=self._client))

    def close(self) -> tuple[Reading, ...]:
        """None: whoever measures reads them at the end."""
        self._client.close()
        return ()


def readings(metrics: ServerMetrics | None) -> tuple[Reading, ...]:
    """One reading a figure; none where the server has none."""
    if metrics is None:
        return ()
    return tuple(Reading(metrics.time, "server", *item) for item in metrics.counters.items())


class Samples:
    """What was read so far."""

    def __init__(self) -> None:
        self._rows: list[Reading] = []

    @property
    def rows(self) -> tuple[Reading, ...]:
        """Every reading until now; those of one source in order of time."""
        return tuple(self._rows)

    def _follow(self, source: Source, stop: threading.Event) -> None:
        due = time.monotonic()
        while True:
            self._rows += source.read()
            due = max(due + source.interval_s, time.monotonic())
            if stop.wait(due - time.monotonic()):
                break
        self._rows += source.close()


@contextmanager
def sampling(*sources: Source) -> Iterator[Samples]:
    """Read each source, at once for the first time, until the block is left."""
    samples, stop = Samples(), threading.Event()
    threads = [
        threading.Thread(
            target=samples._follow, args=(source, stop), name=f"telemetry-{source.name}", daemon=True
        )
        for source in sources
    ]
    for thread in threads:
        thread.start()
    try:
        yield samples
    finally:
        stop.set()
        for source, thread in zip(sources, threads, strict=True):
            thread.join(source.patience_s)

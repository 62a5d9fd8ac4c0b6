"""Reads telemetry sources during a measurement, each in its own thread so that none delays another."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

import httpx

from tasks.probe.http_client import client_for
from tasks.probe.reading import Reading
from tasks.probe.server_metrics import MetricsReader, ServerMetrics
from tasks.serve.endpoint import Endpoint

REQUEST_TIMEOUT_S = 5.0


class Source(Protocol):
    """A telemetry source. Its methods never raise, and are called from one thread."""

    @property
    def name(self) -> str:
        """The value of `source` in the readings."""

    @property
    def interval_s(self) -> float:
        """Seconds from the start of one reading to the start of the next."""

    @property
    def close_timeout_s(self) -> float:
        """Seconds to wait for the last readings when the measurement ends."""

    def read(self) -> tuple[Reading, ...]:
        """Return the current values."""

    def close(self) -> tuple[Reading, ...]:
        """Close open handles. Read the last values if that is fast."""


class ServerSource:
    """The server's /metrics; no readings if the server has ended or has no /metrics."""

    name = "server"
    close_timeout_s = 0.1
    """A request that hangs ends with its own timeout."""

    def __init__(
        self, endpoint: Endpoint, interval_s: float = 1.0, transport: httpx.BaseTransport | None = None
    ) -> None:
        self.interval_s = interval_s
        self._client = client_for(endpoint, transport, REQUEST_TIMEOUT_S)
        self._reader = MetricsReader(endpoint, self._client)

    def read(self) -> tuple[Reading, ...]:
        """Return one reading for each metric."""
        return readings(self._reader.read())

    def close(self) -> tuple[Reading, ...]:
        """Close the client. There are no last readings: the measurement itself reads /metrics at its end."""
        self._client.close()
        return ()


def readings(metrics: ServerMetrics | None) -> tuple[Reading, ...]:
    """Return one reading for each metric; none for a server without /metrics."""
    if metrics is None:
        return ()
    return tuple(Reading(metrics.time, "server", name, value) for name, value in metrics.counters.items())


class Samples:
    """The readings so far."""

    def __init__(self) -> None:
        self._rows: list[Reading] = []

    @property
    def rows(self) -> tuple[Reading, ...]:
        """All readings so far; the readings of one source are in order of time."""
        return tuple(self._rows)

    def follow(self, source: Source, stop: threading.Event) -> None:
        """Read a source at its interval until `stop` is set, then close it."""
        next_read = time.monotonic()
        stopped = False
        while not stopped:
            self._rows += source.read()
            next_read = max(next_read + source.interval_s, time.monotonic())
            stopped = stop.wait(next_read - time.monotonic())
        self._rows += source.close()


@contextmanager
def sampling(*sources: Source) -> Iterator[Samples]:
    """Read each source immediately and then at its interval, until the `with` block ends."""
    samples, stop = Samples(), threading.Event()
    threads = []
    for source in sources:
        name = f"telemetry-{source.name}"
        threads.append(threading.Thread(target=samples.follow, args=(source, stop), name=name, daemon=True))
    for thread in threads:
        thread.start()
    try:
        yield samples
    finally:
        stop.set()
        for source, thread in zip(sources, threads, strict=True):
            thread.join(source.close_timeout_s)

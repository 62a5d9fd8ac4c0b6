"""Sends health checks to a server during a measurement, to notice a server that hangs."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx

from tasks.errors import ServerDied
from tasks.probe.http_client import client_for, is_healthy
from tasks.serve.endpoint import Endpoint

INTERVAL_S = 0.2
JOIN_TIMEOUT_S = 0.1
LIMIT_S = 3.0
MIN_FAILURES = 2
"""Consecutive health checks that must fail before the server counts as hung.

Time alone is not enough: it also passes while this process is paused.
"""


class HealthWatch:
    """The results of the health checks so far."""

    def __init__(self, endpoint: Endpoint, limit_s: float, clock: Callable[[], float]) -> None:
        self._endpoint, self._limit_s, self._clock = endpoint, limit_s, clock
        self._answered_at, self._failures = clock(), 0

    def check(self) -> None:
        """Raise an error if the server hangs; send nothing.

        Raises:
            ServerDied: MIN_FAILURES consecutive checks failed, and the last check that succeeded was sent
                `limit_s` or longer ago.
        """
        silent_s = self._clock() - self._answered_at
        if self._failures >= MIN_FAILURES and silent_s >= self._limit_s:
            raise ServerDied(
                f"the server {self._endpoint.model} has not answered /health for {silent_s:.1f} s",
                "it hangs: read the end of its log; where the machine was only busy, raise "
                f"server.hang_timeout_s (now {self._limit_s:g})",
            )

    def confirm(self, check_process: Callable[[], None], sleep: Callable[[float], None] = time.sleep) -> None:
        """Wait until the server answers a health check that was sent after this call.

        Args:
            check_process: raises ServerDied if the server's process has ended.
            sleep: replaced in tests.

        Raises:
            ServerDied: `check` or `check_process` raised it.
        """
        start = self._clock()
        while self._answered_at < start:
            check_process()
            self.check()
            sleep(INTERVAL_S / 5)
        check_process()

    def record(self, sent_at: float, healthy: bool) -> None:
        """Record the result of a health check that was sent at `sent_at`."""
        if healthy:
            self._answered_at, self._failures = sent_at, 0
        else:
            self._failures += 1


@contextmanager
def watching_health(
    endpoint: Endpoint,
    limit_s: float = LIMIT_S,
    *,
    transport: httpx.BaseTransport | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[HealthWatch]:
    """Send health checks several times a second from a thread, until the `with` block ends.

    `limit_s`: seconds without an answer before the server counts as hung.
    """
    watch, stop = HealthWatch(endpoint, limit_s, clock), threading.Event()

    def send_checks() -> None:
        # With this timeout, the last of MIN_FAILURES checks fails by the time the limit has passed.
        with client_for(endpoint, transport, (limit_s - INTERVAL_S) / MIN_FAILURES) as client:
            while not stop.is_set():
                sent_at, start = clock(), time.monotonic()
                try:
                    healthy = is_healthy(client, endpoint)
                except Exception:  # the thread must keep running for the whole measurement
                    healthy = False
                watch.record(sent_at, healthy)
                stop.wait(max(0.0, INTERVAL_S - (time.monotonic() - start)))

    thread = threading.Thread(target=send_checks, name="server-health", daemon=True)
    thread.start()
    try:
        yield watch
    finally:
        stop.set()
        thread.join(JOIN_TIMEOUT_S)  # a request that hangs ends with its own timeout

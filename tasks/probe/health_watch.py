"""An eye on a server beside a measurement: whether it still answers /health."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx

from tasks.errors import ServerDied
from tasks.probe.http_client import client_for
from tasks.serve.endpoint import Endpoint

PACE_S = 0.2
STOP_LIMIT_S = 0.1
LIMIT_S = 3.0
ENOUGH = 2
"""So many questions in a row must go unanswered: a pause of this process alone accuses nobody."""


class HealthWatch:
    """What the questions to /health have shown so far."""

    def __init__(self, endpoint: Endpoint, limit_s: float, clock: Callable[[], float]) -> None:
        self._endpoint, self._limit_s, self._clock = endpoint, limit_s, clock
        self._answered_at, self._unanswered = clock(), 0

    def check(self) -> None:
        """Return at once while the server answers.

        Raises:
            ServerDied: several questions in a row went unanswered, over `limit_s` or longer.
        """
        silent_s = self._clock() - self._answered_at
        if self._unanswered >= ENOUGH and silent_s >= self._limit_s:
            raise ServerDied(
                f"the server {self._endpoint.model} has not answered /health for {silent_s:.1f} s",
                "it hangs: read the end of its log; where the machine was only busy, raise "
                f"server.hang_timeout_s (now {self._limit_s:g})",
            )

    def confirm(self, gone: Callable[[], None], sleep: Callable[[float], None] = time.sleep) -> None:
        """Return when the server answers a question asked from now on; `gone` raises once its process ended.

        Raises:
            ServerDied: as `check`, or as `gone`.
        """
        since = self._clock()
        while self._answered_at < since:
            gone()
            self.check()
            sleep(PACE_S / 5)
        gone()

    def _heard(self, asked_at: float, answered: bool) -> None:
        if answered:
            self._answered_at, self._unanswered = asked_at, 0
        else:
            self._unanswered += 1


@contextmanager
def watching_health(
    endpoint: Endpoint,
    limit_s: float = LIMIT_S,
    *,
    transport: httpx.BaseTransport | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[HealthWatch]:
    """Ask /health several times a second, in a thread of its own, until the block is left."""
    watch, stop = HealthWatch(endpoint, limit_s, clock), threading.Event()

    def ask() -> None:
        # The last of ENOUGH questions goes unanswered when the limit is over, not later.
        with client_for(endpoint, transport, (limit_s - PACE_S) / ENOUGH) as client:
            while not stop.is_set():
                asked_at, began = clock(), time.monotonic()
                watch._heard(asked_at, _healthy(client, endpoint.health_url))
                stop.wait(max(0.0, PACE_S - (time.monotonic() - began)))

    thread = threading.Thread(target=ask, name="server-health", daemon=True)
    thread.start()
    try:
        yield watch
    finally:
        stop.set()
        thread.join(STOP_LIMIT_S)  # a request that hangs is left to its own limit


def _healthy(client: httpx.Client, url: str) -> bool:
    try:
        return client.get(url).status_code == 200
    except Exception:  # whatever it is, it is no answer, and the thread must go on asking
        return False

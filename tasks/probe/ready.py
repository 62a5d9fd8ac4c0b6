"""Waiting until a server that was just started can be asked."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tasks.errors import ServerDied, ServerStartError
from tasks.probe.http_client import client_for
from tasks.serve.endpoint import Endpoint
from tasks.serve.server_log import tail

PAUSE_S = 0.25
REQUEST_LIMIT_S = 2.0
DYING_S = 8.0
"""An engine whose EngineCore has died answers errors for about six seconds before it ends."""


def wait_ready(
    endpoint: Endpoint,
    check: Callable[[], None],
    timeout_s: float,
    *,
    log: Path | None = None,
    transport: httpx.BaseTransport | None = None,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> float:
    """Seconds until its health path said 200. `check` raises ServerDied once the process is gone.

    Raises:
        ServerStartError: the process ended (at once, with its exit code and reason), or the limit passed.
    """
    start = clock()
    with client_for(endpoint, transport, REQUEST_LIMIT_S) as client:
        while True:
            healthy = _healthy(client, endpoint.health_url)
            try:
                check()  # after the request: an answer counts only while the process that we started lives
            except ServerDied as died:
                raise ServerStartError(
                    f"{died.what} (before it was ready)", died.remedy, died.detail
                ) from None
            waited = clock() - start
            if healthy:
                return waited
            if waited >= timeout_s:
                raise ServerStartError(
                    f"the server {endpoint.model} was not ready after {waited:.0f} s",
                    f"raise server.startup_timeout_s (now {timeout_s:g})"
                    + (f", or read {log}" if log else ""),
                    tail(log) if log else "",
                )
            sleep(PAUSE_S)


@contextmanager
def report_death(check: Callable[[], None], sleep: Callable[[float], None] = time.sleep) -> Iterator[None]:
    """Where a server dies under its first questions, say so: that it did not answer them is no reason.

    Raises:
        ServerStartError: its process has ended, with its exit code and reason; or what the block raises.
    """
    try:
        yield
    except ServerStartError:
        for _ in range(int(DYING_S / PAUSE_S)):
            try:
                check()
            except ServerDied as died:
                what = f"{died.what} (at its first question)"
                raise ServerStartError(what, died.remedy, died.detail) from None
            sleep(PAUSE_S)
        raise


def _healthy(client: httpx.Client, url: str) -> bool:
    try:
        return client.get(url).status_code == 200
    except httpx.TransportError:
        return False

"""Waits until a server that was just started is ready."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tasks.errors import ServerDied, ServerStartError
from tasks.probe.http_client import client_for, status_of
from tasks.serve.endpoint import Endpoint
from tasks.text import tail

INTERVAL_S = 0.25
REQUEST_TIMEOUT_S = 2.0
TAIL_LINES = 20
NOT_FOUND = 404
DYING_S = 8.0
"""For about six seconds after its EngineCore has died, vLLM answers with errors; then it exits."""


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
    """Wait until the server's health check answers 200; return the seconds that it took.

    Args:
        endpoint: the server.
        check: raises ServerDied if the server's process has ended.
        timeout_s: seconds to wait.
        log: the server's log; the error of a timeout shows its last lines.
        transport: replaces the network in tests.
        clock: replaced in tests.
        sleep: replaced in tests.

    Raises:
        ServerStartError: the process ended (raised at once, with exit code and reason), the timeout passed,
            or the server lists its models but the health check answers 404.
    """
    start = clock()
    with client_for(endpoint, transport, REQUEST_TIMEOUT_S, reuse=False) as client:
        while True:
            status = status_of(client, endpoint.health_url)
            # Check after the request: the answer may come from another server on this port.
            _check_start(check, "before it was ready")
            waited_s = clock() - start
            if status == 200:
                return waited_s
            if status == NOT_FOUND and status_of(client, endpoint.models_url) == 200:
                raise _no_health_check(endpoint)
            if waited_s >= timeout_s:
                raise _timeout_error(endpoint, waited_s, timeout_s, log)
            sleep(INTERVAL_S)


@contextmanager
def report_death(check: Callable[[], None], sleep: Callable[[float], None] = time.sleep) -> Iterator[None]:
    """Replace the error of a request that fails because the server dies with the reason of its death.

    Raises:
        ServerStartError: from the block, or with the process's exit code and reason if the process has ended.
    """
    try:
        yield
    except ServerStartError:
        for _ in range(int(DYING_S / INTERVAL_S)):
            _check_start(check, "at its first request")
            sleep(INTERVAL_S)
        raise


def _check_start(check: Callable[[], None], phase: str) -> None:
    """Call `check` and turn its ServerDied into a ServerStartError, with the phase in its message."""
    try:
        check()
    except ServerDied as died:
        raise ServerStartError(f"{died.what} ({phase})", died.remedy, died.detail) from None


def _no_health_check(endpoint: Endpoint) -> ServerStartError:
    return ServerStartError(
        f"the server {endpoint.model} lists its models, but {endpoint.health_url} answered {NOT_FOUND}",
        "set server.ready to a path that answers 200 once the server is ready, for example /v1/models",
    )


def _timeout_error(
    endpoint: Endpoint, waited_s: float, timeout_s: float, log: Path | None
) -> ServerStartError:
    remedy = f"raise server.startup_timeout_s (now {timeout_s:g})"
    if log:
        remedy += f", or read {log}"
    return ServerStartError(
        f"the server {endpoint.model} was not ready after {waited_s:.0f} s",
        remedy,
        tail(log, TAIL_LINES) if log else "",
    )

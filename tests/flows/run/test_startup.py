"""The tasks that start and restart a server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from flows.run import startup
from flows.run.background import in_background
from flows.run.startup import restart_server, start_server
from tasks.errors import ServerDied, ServerStartError
from tasks.probe.ready import wait_ready
from tasks.serve.endpoint import Endpoint
from tasks.serve.process import ServerProcess

FIRST, SECOND = (Endpoint(url=f"http://127.0.0.1:{port}/v1", model="m", tokenizer="m") for port in (1, 2))


class FakeProcess:
    """A server process that gets another address when it restarts."""

    log = Path("/no/such/log")
    endpoint = FIRST
    alive = True

    def check(self) -> None:
        """Raise if it has ended."""
        if not self.alive:
            raise ServerDied("the server ended with exit code 1", "read its log")

    def restart(self) -> None:
        """Change the address."""
        self.endpoint = SECOND

    def startup_times(self) -> dict[str, float]:
        """One phase."""
        return {"load": 1.5}


def ready_at_once(endpoint: Endpoint, check: Callable[[], None], timeout_s: float, *, log: Path) -> float:
    return timeout_s / 10


def test_a_start_tells_where_the_server_answers_and_how_long_each_phase_took() -> None:
    started = start_server(cast(ServerProcess, FakeProcess()), in_background(lambda: 2.0))
    assert (started.endpoint, started.seconds) == (FIRST, {"total": 2.0, "load": 1.5})


def test_a_restart_tells_the_new_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(startup, "wait_ready", ready_at_once)
    assert restart_server(cast(ServerProcess, FakeProcess()), 20.0).endpoint == SECOND


def test_a_server_that_ends_while_it_starts_is_reported_at_once() -> None:
    process: Any = FakeProcess()
    process.alive = False
    ready = in_background(lambda: wait_ready(FIRST, process.check, 60.0))
    with pytest.raises(ServerStartError, match="exit code 1"):
        start_server(process, ready)
    with pytest.raises(ServerStartError, match="exit code 1"):
        restart_server(process, 60.0)

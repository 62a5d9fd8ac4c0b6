"""Waiting for a server, with a clock that the test moves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tasks.errors import ServerDied, ServerStartError
from tasks.probe.ready import wait_ready
from tests.probe.talk import ENDPOINT, server


class Clock:
    """Moves when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.naps: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.now += seconds


def healthy_at(clock: Clock, moment: float) -> Callable[[httpx.Request], httpx.Response | Exception]:
    """Refuses connections, then is busy, then healthy."""

    def answer(request: httpx.Request) -> httpx.Response | Exception:
        if clock.now < moment / 2:
            return httpx.ConnectError("refused")
        return httpx.Response(200 if clock.now >= moment else 503)

    return answer


def alive() -> None:
    """A process that lives."""


def test_it_waits_until_healthy() -> None:
    clock = Clock()
    transport = server(health=healthy_at(clock, 40))
    waited = wait_ready(ENDPOINT, alive, 60, transport=transport, clock=clock, sleep=clock.sleep)
    assert waited == 40
    assert max(clock.naps) <= 0.5


def test_it_raises_at_once_when_the_process_ended() -> None:
    clock = Clock()

    def check() -> None:
        if clock.now >= 3:
            raise ServerDied("the server tiny (pid 7) ended with exit code 2: why", "the remedy", "the tail")

    with pytest.raises(ServerStartError, match="exit code 2: why") as raised:
        wait_ready(ENDPOINT, check, 60, transport=server(), clock=clock, sleep=clock.sleep)
    assert (raised.value.remedy, raised.value.detail) == ("the remedy", "the tail")
    assert clock.now == 3


def test_another_server_on_the_port_of_a_dead_one_does_not_count() -> None:
    clock = Clock()

    def check() -> None:
        raise ServerDied("gone", "remedy")

    with pytest.raises(ServerStartError, match="gone"):
        wait_ready(
            ENDPOINT, check, 60, transport=server(health=httpx.Response(200)), clock=clock, sleep=clock.sleep
        )


def test_the_limit_says_how_long_and_how_to_raise_it(tmp_path: Path) -> None:
    clock = Clock()
    log = tmp_path / "log"
    log.write_text("still loading")
    with pytest.raises(ServerStartError, match="not ready after 60 s") as raised:
        wait_ready(ENDPOINT, alive, 60, log=log, transport=server(), clock=clock, sleep=clock.sleep)
    assert "server.startup_timeout_s (now 60)" in raised.value.remedy
    assert raised.value.detail == "still loading"

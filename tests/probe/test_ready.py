"""Waiting for a server, with a clock that the test moves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tasks.errors import ServerDied, ServerStartError
from tasks.probe.ready import report_death, wait_ready
from tests.probe.clock import Clock
from tests.probe.talk import ENDPOINT, models, server


def healthy_at(clock: Clock, moment: float) -> Callable[[httpx.Request], httpx.Response | Exception]:
    """Refuse connections, then answer 503, and 200 from `moment` on."""

    def answer(request: httpx.Request) -> httpx.Response | Exception:
        if clock.now < moment / 2:
            return httpx.ConnectError("refused")
        return httpx.Response(200 if clock.now >= moment else 503)

    return answer


def process_runs() -> None:
    """Check the process of the server, which runs."""


def test_it_waits_until_healthy() -> None:
    clock = Clock()
    transport = server(health=healthy_at(clock, 40))
    waited_s = wait_ready(ENDPOINT, process_runs, 60, transport=transport, clock=clock, sleep=clock.sleep)
    assert waited_s == 40
    assert max(clock.sleeps) <= 0.5


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


def test_a_time_out_says_how_long_it_waited_and_how_to_raise_it(tmp_path: Path) -> None:
    clock = Clock()
    log = tmp_path / "log"
    log.write_text("still loading")
    with pytest.raises(ServerStartError, match="not ready after 60 s") as raised:
        wait_ready(ENDPOINT, process_runs, 60, log=log, transport=server(), clock=clock, sleep=clock.sleep)
    assert "server.startup_timeout_s (now 60)" in raised.value.remedy
    assert raised.value.detail == "still loading"


def test_a_death_is_raised_in_place_of_the_request_that_failed() -> None:
    clock = Clock()

    def check() -> None:
        if clock.now >= 3:
            raise ServerDied("the server ended", "the remedy", "the tail")

    with pytest.raises(ServerStartError, match=r"the server ended \(at its first request\)"):
        with report_death(check, clock.sleep):
            raise ServerStartError("answered 500", "read the log")
    assert clock.now == 3


def test_a_failed_request_to_a_server_that_runs_is_raised() -> None:
    clock = Clock()
    with pytest.raises(ServerStartError, match="answered 500"), report_death(process_runs, clock.sleep):
        raise ServerStartError("answered 500", "read the log")


def test_a_server_that_serves_but_has_no_such_health_check_ends_the_wait_at_once() -> None:
    clock = Clock()
    transport = server(health=httpx.Response(404), v1_models=models("tiny"))
    with pytest.raises(ServerStartError, match="/health answered 404") as raised:
        wait_ready(ENDPOINT, process_runs, 1800, transport=transport, clock=clock, sleep=clock.sleep)
    assert "set server.ready" in raised.value.remedy
    assert clock.now == 0

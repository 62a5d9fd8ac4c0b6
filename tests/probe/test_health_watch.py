"""Health checks during a measurement: what counts as a hang, and what does not."""

from __future__ import annotations

import threading
import time

import httpx
import pytest

from tasks.errors import ServerDied
from tasks.probe.health_watch import HealthWatch, watching_health
from tasks.serve.endpoint import Endpoint
from tests.probe.clock import Clock

ENDPOINT = Endpoint(url="http://127.0.0.1:1/v1", model="tiny", tokenizer="t")


class Server(httpx.BaseTransport):
    """Answers with `status`; None: the request times out."""

    def __init__(self, status: int | None = 200) -> None:
        self.status = status
        self.requests = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/health"
        self.requests += 1
        if self.status is None:
            raise httpx.ReadTimeout("no answer")
        return httpx.Response(self.status)


def wait_for_requests(server: Server, count: int) -> None:
    """Wait until the server got so many more requests."""
    goal, deadline = server.requests + count, time.monotonic() + 20
    while server.requests < goal:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def process_runs() -> None:
    """Check the process of the server, which runs."""


@pytest.mark.parametrize("status", [None, 503])
def test_a_server_that_does_not_answer_for_the_limit_is_dead(status: int | None) -> None:
    server = Server()
    clock = Clock()
    with watching_health(ENDPOINT, 4.0, transport=server, clock=clock) as watch:
        wait_for_requests(server, 2)
        watch.check()
        server.status = status
        wait_for_requests(server, 5)
        watch.check()  # enough checks failed, but the limit is not over
        clock.now = 4.0
        with pytest.raises(ServerDied, match=r"tiny has not answered /health for 4\.0 s"):
            watch.check()


def test_time_without_a_health_check_is_no_hang() -> None:
    """This process was stopped, or the machine slept: no health check was sent."""
    clock = Clock()
    watch = HealthWatch(ENDPOINT, 4.0, clock)
    clock.now = 3600.0
    watch.check()


def test_one_answer_ends_the_hang() -> None:
    server = Server(None)
    with watching_health(ENDPOINT, 0.3, transport=server) as watch:
        wait_for_requests(server, 5)
        with pytest.raises(ServerDied):
            watch.check()
        server.status = 200
        wait_for_requests(server, 2)
        watch.check()


def test_confirm_waits_for_an_answer_to_a_new_health_check() -> None:
    server = Server()
    with watching_health(ENDPOINT, 0.5, transport=server) as watch:
        wait_for_requests(server, 1)
        before = server.requests
        watch.confirm(process_runs)
        assert server.requests > before
        server.status = None
        with pytest.raises(ServerDied, match="has not answered"):
            watch.confirm(process_runs)


def test_confirm_raises_the_death_of_the_process_first() -> None:
    def process_ended() -> None:
        raise ServerDied("ended with exit code 1", "read the log")

    with watching_health(ENDPOINT, 60.0, transport=Server(503)) as watch:
        with pytest.raises(ServerDied, match="exit code 1"):
            watch.confirm(process_ended)


def test_no_health_check_is_sent_after_the_block() -> None:
    server = Server()
    with watching_health(ENDPOINT, transport=server):
        wait_for_requests(server, 1)
    count = server.requests
    assert not [thread for thread in threading.enumerate() if thread.name == "server-health"]
    assert server.requests == count

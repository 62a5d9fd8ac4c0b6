"""The eye on a server: what counts as silence, and what does not."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import httpx
import pytest

from tasks.errors import ServerDied
from tasks.probe.health_watch import HealthWatch, watching_health
from tasks.serve.endpoint import Endpoint

ENDPOINT = Endpoint(url="http://127.0.0.1:1/v1", model="tiny", tokenizer="t")


class Server(httpx.BaseTransport):
    """Answers what `status` says; None: not at all."""

    def __init__(self, status: int | None = 200) -> None:
        self.status = status
        self.asked = 0
        self.came = threading.Event()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/health"
        self.asked += 1
        self.came.set()
        if self.status is None:
            raise httpx.ReadTimeout("silent")
        return httpx.Response(self.status)


def asked(server: Server, times: int) -> None:
    """Wait until it was asked so often from now on."""
    goal, deadline = server.asked + times, time.monotonic() + 20
    while server.asked < goal:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def nobody_left() -> None:
    """The process lives."""


@pytest.mark.parametrize("status", [None, 503])
def test_silence_is_told_after_its_limit(status: int | None) -> None:
    server = Server()
    now = [0.0]
    with watching_health(ENDPOINT, 4.0, transport=server, clock=lambda: now[0]) as watch:
        asked(server, 2)
        watch.check()
        server.status = status
        asked(server, 5)
        watch.check()  # long enough in questions, not in time
        now[0] = 4.0
        with pytest.raises(ServerDied, match=r"tiny has not answered /health for 4\.0 s"):
            watch.check()


def test_time_alone_accuses_nobody() -> None:
    """This process was stopped, or the machine slept: the server was not even asked."""
    now = [0.0]
    watch = HealthWatch(ENDPOINT, 4.0, lambda: now[0])
    now[0] = 3600.0
    watch.check()


def test_one_answer_ends_the_silence() -> None:
    server = Server(None)
    with watching_health(ENDPOINT, 0.3, transport=server) as watch:
        asked(server, 5)
        with pytest.raises(ServerDied):
            watch.check()
        server.status = 200
        asked(server, 2)
        watch.check()


def test_confirm_wants_an_answer_to_a_new_question() -> None:
    server = Server()
    with watching_health(ENDPOINT, 0.5, transport=server) as watch:
        asked(server, 1)
        before = server.asked
        watch.confirm(nobody_left)
        assert server.asked > before
        server.status = None
        with pytest.raises(ServerDied, match="has not answered"):
            watch.confirm(nobody_left)


def test_confirm_tells_the_better_reason() -> None:
    def gone() -> None:
        raise ServerDied("ended with exit code 1", "read the log")

    gone_now: Callable[[], None] = gone
    with watching_health(ENDPOINT, 60.0, transport=Server(503)) as watch:
        with pytest.raises(ServerDied, match="exit code 1"):
            watch.confirm(gone_now)


def test_no_question_comes_after_the_block() -> None:
    server = Server()
    with watching_health(ENDPOINT, transport=server):
        asked(server, 1)
    count = server.asked
    assert not [thread for thread in threading.enumerate() if thread.name == "server-health"]
    assert server.asked == count

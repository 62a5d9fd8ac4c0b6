"""Metrics during a measurement: an engine with work but without progress stalls, an idle one does not."""

from __future__ import annotations

import time

import httpx
import pytest

from tasks.errors import ServerDied
from tasks.probe.stall_watch import StallWatch, watching_stalls
from tasks.serve.endpoint import Endpoint
from tests.probe.clock import Clock

ENDPOINT = Endpoint(url="http://127.0.0.1:1/v1", model="tiny", tokenizer="t")


class Server(httpx.BaseTransport):
    """A server whose /metrics page has the values of its attributes, which a test may change."""

    def __init__(self, tokens: float = 0, running: float = 0, status: int = 200) -> None:
        self.tokens, self.running, self.status = tokens, running, status
        self.progresses = False
        self.requests = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/metrics"
        self.requests += 1
        self.tokens += self.progresses
        page = f"vllm:generation_tokens_total {self.tokens}\nvllm:num_requests_running {self.running}\n"
        return httpx.Response(self.status, text=page)


def wait_for_requests(server: Server, count: int) -> None:
    """Wait until the server got so many more requests."""
    goal, deadline = server.requests + count, time.monotonic() + 20
    while server.requests < goal:
        assert time.monotonic() < deadline
        time.sleep(0.005)


@pytest.mark.parametrize("known_by", ["the server's gauge", "the requests sent from here"])
def test_work_without_progress_is_a_stall(known_by: str) -> None:
    server = Server(tokens=7, running=float(known_by == "the server's gauge"))
    with watching_stalls(ENDPOINT, 0.3, transport=server) as watch:
        watch.busy = known_by == "the requests sent from here"
        watch.check()
        wait_for_requests(server, 9)
        with pytest.raises(ServerDied, match=r"tiny answers /health, but did nothing for \d+ s") as error:
            watch.check()
        assert "server.stall_timeout_s (now 0.3)" in error.value.remedy
        server.progresses = True
        wait_for_requests(server, 3)
        watch.check()


@pytest.mark.parametrize(
    "server", [Server(running=0), Server(running=1, status=404)], ids=["idle", "without metrics"]
)
def test_a_server_without_work_or_without_metrics_does_not_stall(server: Server) -> None:
    with watching_stalls(ENDPOINT, 0.1, transport=server) as watch:
        wait_for_requests(server, 9)
        watch.check()


def test_one_long_step_within_the_limit_is_no_stall() -> None:
    server = Server(running=1)
    with watching_stalls(ENDPOINT, 60.0, transport=server, clock=Clock()) as watch:
        watch.record(None)
        watch.check()


def test_a_pause_of_this_process_is_no_stall() -> None:
    clock = Clock()
    watch = StallWatch(ENDPOINT, 10.0, clock)
    watch.busy = True
    clock.now = 3600.0
    watch.check()


def test_without_a_limit_nothing_is_read() -> None:
    server = Server(running=1)
    with watching_stalls(ENDPOINT, None, transport=server) as watch:
        watch.check()
    assert server.requests == 0

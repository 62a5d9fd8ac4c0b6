"""The eye on a server's figures: an engine that has work and does nothing is told, an idle one is not."""

from __future__ import annotations

import time

import httpx
import pytest

from tasks.errors import ServerDied
from tasks.probe.stall_watch import StallWatch, watching_progress
from tasks.serve.endpoint import Endpoint

ENDPOINT = Endpoint(url="http://127.0.0.1:1/v1", model="tiny", tokenizer="t")


class Server(httpx.BaseTransport):
    """A page with what its attributes say; they may be changed while it is read."""

    def __init__(self, tokens: float = 0, running: float = 0, status: int = 200) -> None:
        self.tokens, self.running, self.status = tokens, running, status
        self.moves = False
        self.read = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/metrics"
        self.read += 1
        self.tokens += self.moves
        page = f"vllm:generation_tokens_total {self.tokens}\nvllm:num_requests_running {self.running}\n"
        return httpx.Response(self.status, text=page)


def read(server: Server, times: int) -> None:
    """Wait until it was read so often from now on."""
    goal, deadline = server.read + times, time.monotonic() + 20
    while server.read < goal:
        assert time.monotonic() < deadline
        time.sleep(0.005)


@pytest.mark.parametrize("known_by", ["the server's gauge", "our requests"])
def test_work_without_progress_is_a_stall(known_by: str) -> None:
    server = Server(tokens=7, running=float(known_by == "the server's gauge"))
    with watching_progress(ENDPOINT, 0.3, transport=server) as progress:
        progress.busy = known_by == "our requests"
        progress.check()
        read(server, 9)
        with pytest.raises(ServerDied, match="tiny answers /health, but did nothing for 0 s") as error:
            progress.check()
        assert "server.stall_timeout_s (now 0.3)" in error.value.remedy
        server.moves = True
        read(server, 3)
        progress.check()


@pytest.mark.parametrize(
    "server", [Server(running=0), Server(running=1, status=404)], ids=["idle", "without figures"]
)
def test_nothing_to_do_or_nothing_to_read_is_none(server: Server) -> None:
    with watching_progress(ENDPOINT, 0.1, transport=server) as progress:
        read(server, 9)
        progress.check()


def test_one_long_step_within_the_limit_is_none() -> None:
    server = Server(running=1)
    with watching_progress(ENDPOINT, 60.0, transport=server, clock=lambda: 0.0) as progress:
        progress._read(None)
        progress.check()


def test_a_pause_of_this_process_accuses_nobody() -> None:
    now = [0.0]
    progress = StallWatch(ENDPOINT, 10.0, lambda: now[0])
    progress.busy = True
    now[0] = 3600.0
    progress.check()


def test_switched_off_nothing_is_read() -> None:
    server = Server(running=1)
    with watching_progress(ENDPOINT, None, transport=server) as progress:
        progress.check()
    assert server.read == 0

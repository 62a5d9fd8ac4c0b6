"""Connections: what is sent on which, and responses that proxies have rewritten."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from time import perf_counter

import pytest

from stub.process import Stub, stub_server
from tasks.measure.speed.connection import Connections, Response
from tasks.measure.speed.figures.point_figures import point_result
from tasks.measure.speed.measurement import Measurement
from tasks.measure.speed.send_load import measure_point
from tests.helpers.redirecting import redirecting_server
from tests.measure.conftest import MakeJob
from tests.measure.speed.rewriting_proxy import REWRITES, WHOLE, rewriting_proxy

TTFT, ITL, TOKENS, REQUESTS = 0.05, 0.02, 16, 5


class TwoPartServer:
    """Answers each request with a body in two parts, 50 ms apart; counts its connections."""

    def __init__(self, keep_alive: bool = True) -> None:
        self.connections = 0
        self.wrote_at: list[float] = []
        """When each part was written, in perf_counter seconds."""
        self._keep_alive = keep_alive

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer requests until the client closes the connection."""
        self.connections += 1
        while await reader.readline():
            await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(2)
            connection = b"keep-alive" if self._keep_alive else b"close"
            head = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 8\r\nConnection: "
            self.wrote_at.append(perf_counter())
            writer.write(head + connection + b"\r\n\r\nhalf")
            await asyncio.sleep(0.05)
            self.wrote_at.append(perf_counter())
            writer.write(b"half")
            if not self._keep_alive:
                break
        writer.close()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        """Yield the address of the running server."""
        server = await asyncio.start_server(self.handle, "127.0.0.1", 0)
        async with server:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"


def two_responses(server: TwoPartServer) -> list[Response]:
    """Send two requests, one after the other."""

    async def send() -> list[Response]:
        responses = [Response(), Response()]
        async with server.running() as url, Connections(url, {}) as connections:
            for response in responses:
                await connections.send(connections.http_request(b"{}"), response)
        return responses

    return asyncio.run(send())


@pytest.mark.parametrize(("keep_alive", "connections"), [(True, 1), (False, 2)])
def test_a_connection_is_used_again_while_the_server_keeps_it(keep_alive: bool, connections: int) -> None:
    server = TwoPartServer(keep_alive)
    responses = two_responses(server)
    assert [(each.status, each.content_type, each.body) for each in responses] == [
        (200, "text/plain", b"halfhalf")
    ] * 2
    assert server.connections == connections


def test_a_response_has_the_time_and_size_of_each_arrival() -> None:
    """Each part arrives after it was written and, as one event loop serves both ends, before the next one."""
    server = TwoPartServer()
    for number, response in enumerate(two_responses(server)):
        (first_time, first_size), (last_time, last_size) = response.arrivals
        assert (first_size, last_size) == (4, 8)
        assert response.sent_at is not None
        first_wrote, last_wrote = server.wrote_at[2 * number : 2 * number + 2]
        assert response.sent_at < first_wrote < first_time < last_wrote < last_time


def test_a_key_follows_no_redirect() -> None:
    async def send(url: str) -> Response:
        response = Response()
        async with Connections(url, {"Authorization": "Bearer the-key"}) as connections:
            await connections.send(connections.http_request(b"{}"), response)
        return response

    with redirecting_server() as (first, other):
        assert asyncio.run(send(first.url)).status == 307
        assert [headers["Authorization"] for headers in first.received] == ["Bearer the-key"]
        assert other.received == []


def test_a_refused_connection_is_named() -> None:
    async def send() -> None:
        async with Connections("http://127.0.0.1:9/v1", {}) as connections:
            await connections.open(2)  # fails without an error: a request tries again
            await connections.send(connections.http_request(b"{}"), Response())

    with pytest.raises(ConnectionError, match=r"cannot connect to 127\.0\.0\.1:9"):
        asyncio.run(send())


@pytest.fixture(scope="module")
def proxied_stub(tokenizer: Path) -> Iterator[tuple[Stub, str]]:
    """A stub, and the address of the proxy in front of it."""
    with (
        stub_server(ttft=TTFT, itl=ITL, tokenizer=str(tokenizer)) as stub,
        rewriting_proxy(stub.url) as proxy,
    ):
        yield stub, proxy


def measured(make_job: MakeJob, url: str) -> Measurement:
    """Send some requests."""
    return measure_point(make_job(url, requests=REQUESTS), lambda: None, lambda done, total: None)


@pytest.mark.usefixtures("warm")
@pytest.mark.parametrize("name", REWRITES)
def test_a_rewritten_response_has_the_same_tokens_and_times(
    proxied_stub: tuple[Stub, str], make_job: MakeJob, name: str
) -> None:
    stub, proxy = proxied_stub
    stub.clear_log()
    rows = measured(make_job, f"{proxy}/{name}").rows
    assert [row.error for row in rows] == [None] * REQUESTS
    assert {(row.output_tokens, len(row.itl_s)) for row in rows} == {(TOKENS, TOKENS - 1)}
    assert {row.input_tokens for row in rows} == {row.prompt_tokens for row in stub.log()}
    # A busy machine may disturb some of the requests; a proxy that holds tokens back does so in all of them.
    assert all(row.ttft_s and row.ttft_s >= TTFT for row in rows)
    assert min(row.ttft_s or 0.0 for row in rows) == pytest.approx(TTFT, abs=0.03)
    assert min(abs((row.tpot_s or 0.0) - ITL) for row in rows) < 0.01


@pytest.mark.usefixtures("warm")
def test_a_response_that_arrives_at_once_has_no_time_between_tokens(
    proxied_stub: tuple[Stub, str], make_job: MakeJob
) -> None:
    job = make_job(f"{proxied_stub[1]}/{WHOLE}", requests=3)
    measurement = measure_point(job, lambda: None, lambda done, total: None)
    rows = [(row.error, row.output_tokens, row.tpot_s) for row in measurement.rows]
    assert rows == [(None, TOKENS, None)] * 3
    assert point_result(job, measurement)["tpot_mean_s"] is None

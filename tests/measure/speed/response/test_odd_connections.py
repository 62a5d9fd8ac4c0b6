"""Manners of answering over real connections, and answers that are no HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from stub.manners.manner import TOKENS, Heard
from stub.manners.no_http import NO_HTTP
from stub.manners.served import BY_NAME, stretched
from stub.process import Stub, stub_server
from tasks.measure.speed.client_worker import send_request
from tasks.measure.speed.connection import Connections
from tasks.measure.speed.send_load import measure_point
from tasks.measure.speed.sent_request import SentRequest
from tasks.plan.planned_request import PlannedRequest
from tests.helpers.least import least
from tests.measure.conftest import MakeJob

OVER_THE_WIRE = (
    "bom-split",
    "cr",
    "crlf-split",
    "comments-first",
    "comments-last",
    "empty-last",
    "finish-later",
    "reasoning-details",
    "called-json",
)


TTFT, ITL = 0.1, 0.1
QUESTION = b'{"messages": [{"role": "user", "content": "?"}], "stream": true}'


@pytest.fixture(scope="module")
def server() -> Iterator[Stub]:
    """A stub that answers in every manner."""
    with stub_server(ttft=TTFT, itl=ITL) as running:
        yield running


def address(server: Stub, manner: str) -> str:
    """Where the stub answers in this manner."""
    return f"{server.root}/manners/{manner}/v1"


def sent(url: str) -> SentRequest:
    """Send one request and parse its response."""
    request = SentRequest(PlannedRequest(0), 0.0)

    async def send() -> None:
        async with Connections(url, {}) as connections:
            await send_request(connections, connections.http_request(QUESTION), request, 10)

    asyncio.run(send())
    request.parse_response()
    return request


@pytest.mark.parametrize("name", OVER_THE_WIRE)
def test_a_manner_is_heard_over_a_connection(server: Stub, name: str) -> None:
    """Every event is due a time `ITL` after the one before, so an error of a whole event shows."""
    expected = BY_NAME[name].outcome
    assert isinstance(expected, Heard)

    def error() -> float:
        request = sent(f"{address(server, name)}/chat/completions")
        parsed, sent_at = request.parsed, request.response.sent_at
        assert request.error is None
        assert parsed is not None
        assert parsed.error is None
        assert sent_at is not None
        assert parsed.last_time is not None
        assert (parsed.usage.output_tokens, len(parsed.output_times)) == (expected.tokens, expected.chunks)
        ttft, latency = parsed.output_times[0] - sent_at, parsed.last_time - sent_at
        due = stretched(expected.ttft, TTFT, ITL), stretched(expected.latency, TTFT, ITL)
        return max(abs(ttft - due[0]), abs(latency - due[1]))

    assert least(error, enough=0.6 * ITL) <= 0.6 * ITL


@pytest.mark.parametrize("name", NO_HTTP)
def test_an_answer_that_is_no_http_is_an_error_with_a_reason(server: Stub, name: str) -> None:
    request = sent(f"{address(server, name)}/chat/completions")
    if request.error is not None:
        assert request.error.partition(": ")[2] or request.response.status not in (None, 200)
        assert "\n" not in request.error
    else:
        assert request.parsed is not None
        assert request.parsed.last_time is None


@pytest.mark.usefixtures("warm")
@pytest.mark.parametrize("name", ["choice-null", "status-nested", "chunk-size", "no-gzip"])
def test_a_point_of_broken_answers_has_a_row_for_each(server: Stub, make_job: MakeJob, name: str) -> None:
    job = make_job(address(server, name), requests=3, output_tokens=TOKENS, timeout_s=10)
    measurement = measure_point(job, lambda: None, lambda done, total: None)
    assert measurement.error is None
    assert [(row.index, row.succeeded, bool(row.error)) for row in measurement.rows] == [
        (index, False, True) for index in range(3)
    ]

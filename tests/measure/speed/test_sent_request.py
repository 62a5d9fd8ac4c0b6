"""Responses of requests that have ended, parsed by their status and content type."""

from __future__ import annotations

import pytest

from tasks.measure.speed.connection import Response
from tasks.measure.speed.sent_request import SentRequest
from tasks.plan.planned_request import PlannedRequest

CHOICE = b'{"choices": [{"text": "a"}]}'


@pytest.mark.parametrize(
    ("content_type", "body"),
    [("text/event-stream; charset=utf-8", b"data: " + CHOICE + b"\n\n"), ("application/json", CHOICE)],
)
def test_streamed_and_unstreamed_responses_are_parsed(content_type: str, body: bytes) -> None:
    response = Response(arrivals=[(2.0, len(body))], status=200, content_type=content_type, body=body)
    request = SentRequest(PlannedRequest(0), 1.0, response)
    request.parse_response()
    assert request.parsed is not None
    assert (request.parsed.output_times, request.error) == ([2.0], None)
    assert (response.body, response.arrivals) == (b"", [])


def test_the_body_of_another_status_is_the_error() -> None:
    request = SentRequest(PlannedRequest(0), 1.0, Response(arrivals=[(2.0, 4)], status=500, body=b"oops"))
    request.parse_response()
    assert (request.parsed, request.error) == (None, "oops")


def test_an_error_of_the_connection_is_kept() -> None:
    request = SentRequest(PlannedRequest(0), 1.0, Response(status=500, body=b"oops"), error="timed out")
    request.parse_response()
    assert (request.parsed, request.error) == (None, "timed out")

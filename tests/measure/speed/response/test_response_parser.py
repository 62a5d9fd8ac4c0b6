"""Content and times of a response, from its body and the times at which its bytes arrived."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tasks.measure.speed.response.response_parser import read_stream, read_unstreamed
from tasks.measure.speed.response.sse import Arrival


def text(content: str, finish: str | None = None) -> dict[str, Any]:
    """A chunk of a completion."""
    return {"choices": [{"index": 0, "text": content, "finish_reason": finish}]}


def delta(finish: str | None = None, **fields: Any) -> dict[str, Any]:
    """A chunk of a chat."""
    return {"choices": [{"index": 0, "delta": fields, "finish_reason": finish}]}


USAGE_FIELD = {"usage": {"prompt_tokens": 7, "completion_tokens": 3}}
USAGE = {"choices": [], **USAGE_FIELD}


def stream(*events: dict[str, Any], end: str = "\n\n") -> tuple[bytes, list[Arrival]]:
    """A body of events that arrived one a second, with [DONE] in the last one."""
    body, arrivals = b"", []
    for second, event in enumerate(events, 1):
        body += f"data: {json.dumps(event)}{end}".encode()
        arrivals.append((float(second), len(body)))
    body += b"data: [DONE]\n\n"
    return body, [*arrivals[:-1], (arrivals[-1][0], len(body))]


def test_each_event_has_its_own_time() -> None:
    parsed = read_stream(*stream(text(" a"), text(" b"), text(" c", "length"), USAGE))
    assert (parsed.output_times, parsed.last_time) == ([1.0, 2.0, 3.0], 3.0)
    assert (parsed.usage.input_tokens, parsed.usage.output_tokens) == (7, 3)
    assert (parsed.finish_reason, parsed.ended) == ("length", True)
    assert parsed.error is None


def test_events_that_arrived_together_share_a_time() -> None:
    body, _ = stream(text(" a"), text(" b"), text(" c", "stop"), USAGE)
    assert read_stream(body, [(5.0, len(body))]).output_times == [5.0] * 3


def test_the_time_of_an_event_is_that_of_its_last_byte() -> None:
    body, arrivals = stream(text(" a"), text(" b"))
    split = arrivals[0][1] + 10
    assert read_stream(body, [(1.0, split), (2.0, len(body))]).output_times == [1.0, 2.0]


def test_other_line_ends_and_fields_are_read_too() -> None:
    body, arrivals = stream(text(" a"), text(" b"), end="\r\n\r\n")
    assert read_stream(body, arrivals).output_times == [1.0, 2.0]
    body = b'event: x\nid: 1\ndata: {"choices": [{"text": "a"}]}\n\n: ping\n\n'
    assert read_stream(body, [(1.0, len(body))]).output_times == [1.0]


def test_the_role_and_empty_pieces_carry_no_token() -> None:
    parsed = read_stream(
        *stream(
            delta(role="assistant", content=""),
            delta(reasoning="hm"),
            delta(content=""),
            delta(content="yes"),
            delta("stop"),
            USAGE,
        )
    )
    assert (parsed.output_times, parsed.last_time, parsed.finish_reason) == ([2.0, 4.0], 5.0, "stop")


@pytest.mark.parametrize("content", ['""', "{}", '"error"', "\u2028", 'a "usage": {'])
def test_text_that_looks_like_something_else_is_text(content: str) -> None:
    parsed = read_stream(*stream(text("a"), text(content), text("b", "stop"), USAGE))
    assert parsed.output_times == [1.0, 2.0, 3.0]
    assert parsed.error is None


def test_an_error_in_the_stream_is_kept() -> None:
    parsed = read_stream(*stream(text("a"), {"error": {"message": "out of memory"}}))
    assert parsed.error is not None
    assert "out of memory" in parsed.error


def test_an_unstreamed_response_has_one_time() -> None:
    body = json.dumps(
        {"choices": [{"message": {"content": "yes"}, "finish_reason": "stop"}], **USAGE_FIELD}
    ).encode()
    parsed = read_unstreamed(body, [(1.0, 5), (2.0, len(body))])
    assert (parsed.output_times, parsed.usage.output_tokens) == ([2.0], 3)

"""What was heard when: events against the times at which their bytes came in."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tasks.measure.speed.sse import Stamp, read_stream, read_unstreamed


def text(said: str, finish: str | None = None) -> dict[str, Any]:
    """A chunk of a completion."""
    return {"choices": [{"index": 0, "text": said, "finish_reason": finish}]}


def delta(finish: str | None = None, **said: Any) -> dict[str, Any]:
    """A chunk of a chat."""
    return {"choices": [{"index": 0, "delta": said, "finish_reason": finish}]}


USAGE = {"choices": [], "usage": {"prompt_tokens": 7, "completion_tokens": 3}}


def stream(*events: dict[str, Any], end: str = "\n\n") -> tuple[bytes, list[Stamp]]:
    """Events that came one a second, and the end mark with the last one."""
    body, stamps = b"", []
    for second, event in enumerate(events, 1):
        body += f"data: {json.dumps(event)}{end}".encode()
        stamps.append((float(second), len(body)))
    body += b"data: [DONE]\n\n"
    return body, [*stamps[:-1], (stamps[-1][0], len(body))]


def test_each_event_has_its_own_time() -> None:
    heard = read_stream(*stream(text(" a"), text(" b"), text(" c", "length"), USAGE))
    assert (heard.times, heard.last) == ([1.0, 2.0, 3.0], 3.0)
    assert (heard.input_tokens, heard.output_tokens, heard.finish_reason) == (7, 3, "length")
    assert heard.error is None


def test_events_that_came_together_share_a_time() -> None:
    body, _ = stream(text(" a"), text(" b"), text(" c", "stop"), USAGE)
    assert read_stream(body, [(5.0, len(body))]).times == [5.0] * 3


def test_an_event_came_when_its_last_byte_did() -> None:
    body, stamps = stream(text(" a"), text(" b"))
    split = stamps[0][1] + 10
    assert read_stream(body, [(1.0, split), (2.0, len(body))]).times == [1.0, 2.0]


def test_other_line_ends_and_fields_are_read_too() -> None:
    body, stamps = stream(text(" a"), text(" b"), end="\r\n\r\n")
    assert read_stream(body, stamps).times == [1.0, 2.0]
    spoken = b'event: x\nid: 1\ndata: {"choices": [{"text": "a"}]}\n\n: ping\n\n'
    assert read_stream(spoken, [(1.0, len(spoken))]).times == [1.0]


def test_the_role_and_empty_pieces_carry_no_token() -> None:
    heard = read_stream(
        *stream(
            delta(role="assistant", content=""),
            delta(reasoning="hm"),
            delta(content=""),
            delta(content="yes"),
            delta("stop"),
            USAGE,
        )
    )
    assert (heard.times, heard.last, heard.finish_reason) == ([2.0, 4.0], 5.0, "stop")


@pytest.mark.parametrize("said", ['""', "{}", '"error"', "\u2028", 'a "usage": {'])
def test_text_that_looks_like_something_else_is_text(said: str) -> None:
    heard = read_stream(*stream(text("a"), text(said), text("b", "stop"), USAGE))
    assert heard.times == [1.0, 2.0, 3.0]
    assert heard.error is None


def test_an_error_in_the_stream_is_told() -> None:
    heard = read_stream(*stream(text("a"), {"error": {"message": "out of memory"}}))
    assert heard.error is not None
    assert "out of memory" in heard.error


def test_an_answer_in_one_piece_has_one_time() -> None:
    body = json.dumps(
        {"choices": [{"message": {"content": "yes"}, "finish_reason": "stop"}], **USAGE_ONLY}
    ).encode()
    heard = read_unstreamed(body, [(1.0, 5), (2.0, len(body))])
    assert (heard.times, heard.output_tokens) == ([2.0], 3)


USAGE_ONLY = {"usage": USAGE["usage"]}

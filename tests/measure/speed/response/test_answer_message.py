"""The text of an answer in the forms in which servers stream it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from tasks.measure.speed.response.answer_message import EVENTS_AT_ONCE, answer_message


def stream(*deltas: dict[str, Any]) -> bytes:
    """A stream with a chunk for each delta."""
    chunks = [{"choices": [{"index": 0, "delta": delta}]} for delta in deltas]
    events = [*map(json.dumps, chunks), '{"choices": [], "usage": {}}', "[DONE]"]
    return "".join(f"data: {event}\n\n" for event in events).encode()


def answer(body: bytes, content_type: str = "text/event-stream") -> dict[str, Any]:
    """The message that a body holds."""
    return asyncio.run(answer_message(body, content_type))


def test_pieces_are_joined_and_reasoning_is_left_out() -> None:
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}, {"reasoning_content": "hm"}]
    deltas += [{"content": text} for text in ('a "b"', "\\n\n", "é", "")] + [{"content": None}]
    assert answer(stream(*deltas)) == {"role": "assistant", "content": 'a "b"\\n\né'}


def test_a_long_answer_is_whole() -> None:
    words = [f"w{number} " for number in range(5 * EVENTS_AT_ONCE)]
    assert answer(stream(*({"content": word} for word in words)))["content"] == "".join(words)


def test_content_in_parts_and_whole_bodies() -> None:
    assert answer(stream({"content": [{"type": "text", "text": "a"}, {"text": "b"}]}))["content"] == "ab"
    whole = {"choices": [{"message": {"role": "assistant", "content": "whole"}}]}
    assert answer(json.dumps(whole).encode(), "application/json")["content"] == "whole"


def test_pieces_of_tool_calls_are_put_together() -> None:
    first = {"index": 0, "id": "c1", "type": "function", "function": {"name": "weather", "arguments": ""}}
    rest = [{"index": 0, "function": {"arguments": text}} for text in ('{"a":', "1}")]
    found = answer(stream(*({"tool_calls": [piece]} for piece in (first, *rest))))
    assert found["tool_calls"] == [
        {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": '{"a":1}'}}
    ]


def test_odd_events_are_passed_over() -> None:
    body = b'data: {"choices": [null]}\n\ndata: {"choices": [{"delta": 3}]}\n\ndata: x\n\n'
    assert answer(body + stream({"content": "a"}, {"content": 7, "tool_calls": [None, 3]}))["content"] == "a"

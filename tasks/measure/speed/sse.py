"""Parses a response body: its content, and when each event arrived, from the times of its bytes; pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

Arrival = tuple[float, int]
"""A time in seconds, and how many bytes of the body had arrived by then."""

_EVENT_END = re.compile(rb"\r?\n\r?\n")
_NEEDS_PARSING = (b'""', b"{}", b'"error"', b'"usage":{', b'"usage": {', b'_reason":"', b'_reason": "')
"""Text that only an event with more than one piece of output can hold. Other events need no JSON parser."""
_OUTPUT_FIELDS = ("text", "content", "reasoning", "reasoning_content", "tool_calls")


@dataclass(slots=True)
class ParsedResponse:
    """What a response body held.

    `output_times`: when each event with output arrived. `last_time`: when the last event with a choice did.
    """

    output_times: list[float] = field(default_factory=list)
    last_time: float | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None
    finish_reason: str | None = None
    model: str | None = None
    error: str | None = None


def read_stream(body: bytes, arrivals: Sequence[Arrival]) -> ParsedResponse:
    """Read server-sent events. The time of an event is that of its last byte."""
    parsed = ParsedResponse()
    for arrived_at, data in _events(body, arrivals):
        if parsed.output_times and b'"choices"' in data and not _needs_parsing(data):
            parsed.output_times.append(arrived_at)
            parsed.last_time = arrived_at
        else:
            _read_event(parsed, arrived_at, data)
    return parsed


def read_unstreamed(body: bytes, arrivals: Sequence[Arrival]) -> ParsedResponse:
    """Read a body that is one JSON object instead of a stream of events."""
    parsed = ParsedResponse()
    _read_event(parsed, arrivals[-1][0], body)
    return parsed


def _events(body: bytes, arrivals: Sequence[Arrival]) -> Iterator[tuple[float, bytes]]:
    """The data of each event, with the time at which its last byte arrived."""
    start, remaining = 0, iter(arrivals)
    arrived_at, received = next(remaining, (0.0, 0))
    for end, next_start in _event_bounds(body):
        while received < end:
            arrival = next(remaining, None)
            if arrival is None:
                break
            arrived_at, received = arrival
        event = body[start:end]
        start = next_start
        if event.startswith(b"data:") and b"\n" not in event:
            yield arrived_at, event[5:]
            continue
        lines = [line[5:] for line in event.splitlines() if line.startswith(b"data:")]
        if lines:
            yield arrived_at, b"".join(lines)


def _event_bounds(body: bytes) -> Iterator[tuple[int, int]]:
    """Where each event ends and the next one starts; an event that was cut short ends with the body."""
    start = 0
    if b"\r" in body:
        for match in _EVENT_END.finditer(body):
            start = match.end()
            yield match.span()
    else:
        while (end := body.find(b"\n\n", start)) >= 0:
            start = end + 2
            yield end, start
    if start < len(body):
        yield len(body), len(body)


def _needs_parsing(data: bytes) -> bool:
    return any(text in data for text in _NEEDS_PARSING)


def _read_event(parsed: ParsedResponse, arrived_at: float, data: bytes) -> None:
    try:
        event = json.loads(data)
    except ValueError:
        return  # [DONE]
    if not isinstance(event, dict):
        return
    if event.get("error") is not None or event.get("object") == "error":
        parsed.error = json.dumps(event, ensure_ascii=False)
    parsed.model = event.get("model") or parsed.model
    choices, usage = event.get("choices"), event.get("usage")
    if choices:
        parsed.last_time = arrived_at
        parsed.finish_reason = choices[0].get("finish_reason") or parsed.finish_reason
        if _has_output(choices[0]):
            parsed.output_times.append(arrived_at)
    if usage:
        parsed.input_tokens = usage.get("prompt_tokens")
        parsed.output_tokens = usage.get("completion_tokens")
        parsed.cached_tokens = (usage.get("prompt_tokens_details") or {}).get("cached_tokens")


def _has_output(choice: dict[str, Any]) -> bool:
    """Whether a choice holds text, reasoning or a tool call. A chunk with only the role holds no token."""
    message = choice.get("delta") or choice.get("message") or choice
    return any(message.get(name) for name in _OUTPUT_FIELDS)

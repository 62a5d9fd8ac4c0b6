"""From a streamed answer's bytes, and the times at which they came in, to what was heard when; pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

Stamp = tuple[float, int]
"""A moment in seconds, and how many bytes of the answer had come in by then."""

_END = re.compile(rb"\r?\n\r?\n")
_TELLING = (b'""', b"{}", b'"error"', b'"usage":{', b'"usage": {', b'_reason":"', b'_reason": "')
"""What only an event that must be read whole may hold; all others are one more piece of output."""
_OUTPUT = ("text", "content", "reasoning", "reasoning_content", "tool_calls")


@dataclass(slots=True)
class StreamedAnswer:
    """What an answer held. `times`: when each event with output came; `last`: the last event of a choice."""

    times: list[float] = field(default_factory=list)
    last: float | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None
    finish_reason: str | None = None
    model: str | None = None
    error: str | None = None


def read_stream(body: bytes, stamps: Sequence[Stamp]) -> StreamedAnswer:
    """Read server-sent events. An event came when its last byte did, not when it was read."""
    heard = StreamedAnswer()
    for moment, data in _events(body, stamps):
        if heard.times and b'"choices"' in data and not _telling(data):
            heard.times.append(moment)
            heard.last = moment
        else:
            _read(heard, moment, data)
    return heard


def read_unstreamed(body: bytes, stamps: Sequence[Stamp]) -> StreamedAnswer:
    """Read an answer that came in one piece, not as events."""
    heard = StreamedAnswer()
    _read(heard, stamps[-1][0], body)
    return heard


def _events(body: bytes, stamps: Sequence[Stamp]) -> Iterator[tuple[float, bytes]]:
    start, arrivals = 0, iter(stamps)
    moment, received = next(arrivals, (0.0, 0))
    for end, following in _ends(body):
        while received < end and (later := next(arrivals, None)):
            moment, received = later
        event = body[start:end]
        start = following
        if event.startswith(b"data:") and b"\n" not in event:
            yield moment, event[5:]
        elif lines := [line[5:] for line in event.splitlines() if line.startswith(b"data:")]:
            yield moment, b"".join(lines)


def _ends(body: bytes) -> Iterator[tuple[int, int]]:
    """Where each event's text ends and the next one's begins; one that was cut short ends with the body."""
    following = 0
    if b"\r" in body:
        for match in _END.finditer(body):
            following = match.end()
            yield match.span()
    else:
        while (end := body.find(b"\n\n", following)) >= 0:
            following = end + 2
            yield end, following
    if following < len(body):
        yield len(body), len(body)


def _telling(data: bytes) -> bool:
    return any(text in data for text in _TELLING)


def _read(heard: StreamedAnswer, moment: float, data: bytes) -> None:
    try:
        event = json.loads(data)
    except ValueError:
        return  # [DONE]
    if not isinstance(event, dict):
        return
    if event.get("error") is not None or event.get("object") == "error":
        heard.error = json.dumps(event, ensure_ascii=False)
    heard.model = event.get("model") or heard.model
    if choices := event.get("choices"):
        heard.last = moment
        heard.finish_reason = choices[0].get("finish_reason") or heard.finish_reason
        if _has_output(choices[0]):
            heard.times.append(moment)
    if usage := event.get("usage"):
        heard.input_tokens = usage.get("prompt_tokens")
        heard.output_tokens = usage.get("completion_tokens")
        heard.cached_tokens = (usage.get("prompt_tokens_details") or {}).get("cached_tokens")


def _has_output(choice: dict[str, Any]) -> bool:
    """Text, reasoning or a tool call; the chunk that only names the role carries no token."""
    said = choice.get("delta") or choice.get("message") or choice
    return any(said.get(name) for name in _OUTPUT)

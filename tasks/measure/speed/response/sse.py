"""Splits a body of server-sent events into events, each with its arrival time; pure.

The format is that of the HTML standard, section 9.2 (Server-sent events).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

Arrival = tuple[float, int]
"""A time in seconds, and the number of bytes of the body that had arrived by then."""

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_EVENT_END = re.compile(rb"(?:\r\n|\n|\r(?!\n)){2}")
"""A blank line, where lines may end in CR LF, LF or CR."""
_FIRST_LINES = (b"data", b"event", b"id", b"retry", b":")


def events(body: bytes, arrivals: Sequence[Arrival]) -> Iterator[tuple[float, bytes]]:
    """Yield the arrival time of each event's last byte, and the lines of the event.

    Yield the last event even if the blank line after it is missing; the standard discards such an event.
    """
    start, remaining = len(BYTE_ORDER_MARK) if body.startswith(BYTE_ORDER_MARK) else 0, iter(arrivals)
    arrived_at, received = next(remaining, (0.0, 0))
    for end, next_start in _event_bounds(body, start):
        while received < end:
            arrival = next(remaining, None)
            if arrival is None:
                break
            arrived_at, received = arrival
        yield arrived_at, body[start:end]
        start = next_start


def name_and_data(event: bytes) -> tuple[bytes, bytes]:
    """Return an event's name (its field `event`, or empty) and its data (its `data` lines, joined)."""
    if event.startswith(b"data:") and b"\n" not in event and b"\r" not in event:
        return b"", event[5:]
    name, data = b"", []
    for line in event.splitlines():
        field, _, value = line.partition(b":")
        if field == b"data":
            data.append(value.removeprefix(b" "))
        elif field == b"event":
            name = value.strip()
    return name, b"\n".join(data)


def is_stream(body: bytes, content_type: str) -> bool:
    """Return whether a body is server-sent events, judged by its first bytes or its content type."""
    begin = body[:64].removeprefix(BYTE_ORDER_MARK).lstrip()
    if begin.startswith(_FIRST_LINES):
        return True
    return "text/event-stream" in content_type.lower() and not begin.startswith((b"{", b"["))


def _event_bounds(body: bytes, start: int) -> Iterator[tuple[int, int]]:
    """Yield the end of each event and the start of the next; a truncated event ends with the body."""
    if b"\r" in body:
        for match in _EVENT_END.finditer(body, start):
            start = match.end()
            yield match.span()
    else:
        while (end := body.find(b"\n\n", start)) >= 0:
            start = end + 2
            yield end, start
    if start < len(body):
        yield len(body), len(body)

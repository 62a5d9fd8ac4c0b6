"""Random odd answers: the known manners, changed in their JSON, events and bytes. A seed fixes them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any

from stub.manners.manner_registry import MANNERS
from tasks.measure.speed.connection import Response
from tasks.measure.speed.sent_request import SentRequest
from tasks.plan.planned_request import PlannedRequest

NAMES = (
    *(
        "choices",
        "delta",
        "message",
        "text",
        "content",
        "role",
        "finish_reason",
        "error",
        "code",
        "object",
        "model",
    ),
    *(
        "usage",
        "prompt_tokens",
        "completion_tokens",
        "total_tokens",
        "prompt_tokens_details",
        "cached_tokens",
    ),
    *("completion_tokens_details", "reasoning_tokens", "reasoning", "reasoning_content", "reasoning_details"),
    *("tool_calls", "function", "arguments", "name", "refusal", "audio", "transcript", "x_groq"),
)
TEXTS = (
    "",
    "a",
    "stub",
    "error",
    "[DONE]",
    "null",
    "stop",
    "\ud800",
    "\x00",
    '"',
    "\\",
    "x" * 5000,
    "\u2028",
)
NUMBERS = (0, 1, 4, -1, 7, 11, 2**31, 10**30, 0.5, 4.0, 1e308, float("nan"), float("inf"), float("-inf"))
FRAGMENTS = (
    b"data:",
    b"data: ",
    b"\n",
    b"\r",
    b"\r\n",
    b"\n\n",
    b"event: error\n",
    b": ping\n\n",
    b"[DONE]",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\x00",
    b'"',
    b"\\",
    b"\\u12",
    b"\\ud800",
    b"{",
    b"}",
    b"[",
    b"]",
    b'"usage":{',
    b'"error":',
    b'"content":"',
    b"null",
    b"1e999",
    b"9" * 5000,
)
CONTENT_TYPES = ("text/event-stream", "Text/Event-Stream; charset=utf-8", "application/json", "text/html", "")
STATUSES = (200, 200, 200, 200, 200, 200, 200, 200, 500, 404, 204)
SENT_AT = 16.0


def odd_requests(count: int, seed: int) -> Iterator[SentRequest]:
    """Yield requests that were answered oddly."""
    random = Random(seed)
    for index in range(count):
        body = odd_body(random)
        response = Response(
            sent_at=SENT_AT,
            arrivals=_arrivals(random, len(body)),
            status=random.choice(STATUSES),
            content_type=random.choice(CONTENT_TYPES),
            body=body,
        )
        yield SentRequest(PlannedRequest(index), SENT_AT, response)


def odd_body(random: Random) -> bytes:
    """A body made of a manner's, with up to four changes."""
    events = _events(random)
    for _ in range(random.randint(0, 2)):
        events = _changed_events(random, events)
    body = b"\n\n".join(events) + b"\n\n"
    for _ in range(random.randint(0, 2)):
        body = _changed_bytes(random, body)
    return body


def _events(random: Random) -> list[bytes]:
    pieces = random.choice(MANNERS).pieces
    return b"".join(data for _, data in pieces).split(b"\n\n")


def _changed_events(random: Random, events: list[bytes]) -> list[bytes]:
    change = random.randrange(6)
    index = random.randrange(len(events)) if events else 0
    if change == 0:
        return events[:index] + events[index + 1 :]
    if change == 1:
        return events + events[index : index + 3]
    if change == 2:
        return random.sample(events, len(events))
    if change == 3:
        return events[:index] + _events(random)[index:]
    return [
        *events[:index],
        *(_changed_json(random, event) for event in events[index : index + 1]),
        *events[index + 1 :],
    ]


def _changed_json(random: Random, event: bytes) -> bytes:
    """The event with one value of its JSON replaced; an odd object where it is no JSON."""
    try:
        payload = json.loads(event.removeprefix(b"data:"))
    except (ValueError, RecursionError):
        payload = _odd_value(random, 0)
    holder: Any = payload
    while isinstance(holder, dict | list) and holder:
        key = random.choice(list(holder)) if isinstance(holder, dict) else random.randrange(len(holder))
        if random.random() < 0.4 or not isinstance(holder[key], dict | list):
            holder[key] = _odd_value(random, 0)
            if isinstance(holder, dict) and random.random() < 0.3:
                holder[random.choice(NAMES)] = _odd_value(random, 0)
            break
        holder = holder[key]
    return b"data: " + json.dumps(payload).encode()


def _odd_value(random: Random, depth: int) -> Any:
    kind = random.randrange(7 if depth < 3 else 4)
    if kind == 0:
        return random.choice((None, True, False))
    if kind == 1:
        return random.choice(NUMBERS)
    if kind <= 3:
        return random.choice(TEXTS)
    if kind == 4:
        return [_odd_value(random, depth + 1) for _ in range(random.randrange(3))]
    return {random.choice(NAMES): _odd_value(random, depth + 1) for _ in range(random.randrange(4))}


def _changed_bytes(random: Random, body: bytes) -> bytes:
    change, at = random.randrange(7), random.randint(0, len(body))
    if change == 0:
        return body[:at]
    if change == 1:
        return body[:at] + body[at + random.randrange(40) :]
    if change == 2:
        return body[:at] + bytes((random.randrange(256),)) + body[at + 1 :]
    if change == 3:
        return body.replace(b"\n", random.choice((b"\r", b"\r\n", b"\n\r")))
    if change == 4 and random.random() < 0.02:
        return body[:at] + random.choice((b"[", b'{"a":')) * random.choice((900, 20_000)) + body[at:]
    return body[:at] + random.choice(FRAGMENTS) + body[at:]


def _arrivals(random: Random, length: int) -> list[tuple[float, int]]:
    """Random reads; now and then the last of them are lost."""
    sizes = sorted(random.randint(0, length) for _ in range(random.randrange(12)))
    if not sizes or random.random() < 0.95:
        sizes.append(length)
    return [(SENT_AT + 1 + number, size) for number, size in enumerate(sizes)]

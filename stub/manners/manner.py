"""One manner in which a server answers: the bytes with their times, and what must be heard of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Piece = tuple[float, bytes]
"""Seconds after the request was sent, and the bytes that arrive then."""
TOKENS = 4
PROMPT_TOKENS = 7


@dataclass(frozen=True)
class Heard:
    """A request that succeeds. Times are in seconds, and exact.

    `doubt`: the check that has to say that the figures are doubtful, and its verdict; None for a good answer.
    """

    ttft: float = 1.0
    latency: float = 4.0
    tpot: float | None = 1.0
    chunks: int = TOKENS
    tokens: int | None = TOKENS
    prompt_tokens: int | None = PROMPT_TOKENS
    finish_reason: str | None = "length"
    doubt: tuple[str, str] | None = None

    def __str__(self) -> str:
        """The cell of the table in the docs."""
        if self.doubt:
            check, verdict = self.doubt
            return f"measured; `{check}` says {verdict}"
        return "heard right"


@dataclass(frozen=True)
class Failed:
    """A request that fails. `reason`: text that its error has to hold."""

    reason: str

    def __str__(self) -> str:
        """The cell of the table in the docs."""
        return f"failed: {self.reason}"


@dataclass(frozen=True)
class Manner:
    """`what`: the words of the table in the docs."""

    name: str
    what: str
    pieces: Sequence[Piece]
    outcome: Heard | Failed = Heard()
    content_type: str = "text/event-stream"
    status: int = 200


def event(payload: object, end: str = "\n\n") -> bytes:
    """An event with JSON."""
    return f"data: {json.dumps(payload)}{end}".encode()


def choice(finish: str | None = None, **fields: Any) -> dict[str, Any]:
    """The payload of a completion's chunk, whose choice has these fields."""
    envelope = {"id": "cmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "stub"}
    return envelope | {"choices": [{"index": 0, **fields, "finish_reason": finish}]}


def delta(finish: str | None = None, **fields: Any) -> bytes:
    """A chunk of a chat."""
    return event(choice(finish, delta=fields))


def usage_fields(prompt: int = PROMPT_TOKENS, completion: int = TOKENS, **fields: Any) -> dict[str, Any]:
    """A `usage`; the total is right where `total_tokens` is not given."""
    return {
        "usage": {
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            "total_tokens": prompt + completion,
            **fields,
        }
    }


def usage(**fields: Any) -> bytes:
    """A chunk with nothing but a `usage`."""
    return event({"choices": [], **usage_fields(**fields)})


DONE = b"data: [DONE]\n\n"
END = usage() + DONE
FIRST, SECOND, THIRD, LAST = (
    delta(content="a"),
    delta(content="b"),
    delta(content="c"),
    delta("length", content="d"),
)
WORDS = (FIRST, SECOND, THIRD, LAST)


def paced(*chunks: bytes, end: bytes = END) -> list[Piece]:
    """One chunk a second; the end arrives with the last one."""
    pieces = [(float(second), chunk) for second, chunk in enumerate(chunks, 1)]
    return [*pieces[:-1], (pieces[-1][0], chunks[-1] + end)]


def rewritten(old: bytes, new: bytes) -> list[Piece]:
    """The plain answer with some bytes replaced."""
    return [(time, data.replace(old, new)) for time, data in paced(*WORDS)]

"""Reads the message that a response holds, for the history of its conversation."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Iterator
from typing import Any

from tasks.measure.speed.response.sse import BYTE_ORDER_MARK, events, is_stream, name_and_data

Message = dict[str, Any]
EVENTS_AT_ONCE = 32
"""Events that are read before other requests have their turn: about a quarter of a millisecond."""


async def answer_message(body: bytes, content_type: str) -> Message:
    """Return the answer as a message of the assistant: its text, and its tool calls if it has any.

    Reasoning is left out, as OpenAI's API does not take it back. Events that are odd are passed over: whether
    the request failed is decided elsewhere.
    """
    texts, calls = list[str](), dict[int, Message]()
    for number, choice in enumerate(_choices(body, content_type)):
        if number % EVENTS_AT_ONCE == EVENTS_AT_ONCE - 1:
            await asyncio.sleep(0)
        part = choice.get("delta") or choice.get("message") or {}
        if isinstance(part, dict):
            texts.append(_text(part.get("content")))
            _add_calls(calls, part.get("tool_calls"))
    message: Message = {"role": "assistant", "content": "".join(texts)}
    if calls:
        message["tool_calls"] = [calls[index] for index in sorted(calls)]
    return message


def _choices(body: bytes, content_type: str) -> Iterator[Message]:
    """Yield the first choice of each event, or of the one object of a response that is not streamed."""
    texts: Iterable[bytes] = [body.removeprefix(BYTE_ORDER_MARK)]
    if is_stream(body, content_type):
        texts = (name_and_data(event)[1] for _, event in events(body, ()))
    for text in texts:
        try:
            choice = json.loads(text)["choices"][0]
        except (ValueError, LookupError, TypeError, RecursionError):
            continue
        if isinstance(choice, dict):
            yield choice


def _text(content: object) -> str:
    """Return a text, or the texts of its parts joined."""
    if isinstance(content, list):
        return "".join(_text(part.get("text")) for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""


def _add_calls(calls: dict[int, Message], pieces: object) -> None:
    """Add pieces of tool calls, which come in several events, to the calls so far."""
    for position, piece in enumerate(pieces if isinstance(pieces, list) else ()):
        if not isinstance(piece, dict):
            continue
        index = piece.get("index", position)
        new = {"id": "", "type": "function", "function": {"name": "", "arguments": ""}}
        call = calls.setdefault(index if isinstance(index, int) else position, new)
        call["id"] = call["id"] or str(piece.get("id") or "")
        function = piece.get("function")
        if isinstance(function, dict):
            for name in ("name", "arguments"):
                call["function"][name] += str(function.get(name) or "")

"""Decides whether a choice of a response carries output, under any field name that servers use; pure."""

from __future__ import annotations

from collections.abc import Mapping

from tasks.measure.speed.response.malformed import MalformedError, object_or_none, wrong_type

TEXT_FIELDS = (
    "content",
    "reasoning_content",
    "reasoning",
    "reasoning_details",
    "reasoning_text",
    "thinking",
    "thinking_blocks",
    "refusal",
    "audio",
    "text",
)
"""Fields of a delta or a message that hold output: text, or parts of text in lists and objects."""
TEXT_PARTS = ("text", "content", "thinking", "reasoning", "summary", "data", "transcript", "refusal")
"""Fields of a part that hold its text. `data` holds audio or encrypted reasoning."""
CALL_PARTS = ("name", "arguments", "input")
"""Fields of a tool call that the model generates. Its id, index and type come from the server."""
_DEEPEST_PART = 6


def carries_output(choice: Mapping[str, object]) -> bool:
    """Return whether a choice carries text, reasoning, a tool call, a refusal or audio.

    Raises:
        MalformedError: a field is neither text nor a list or object of parts.
    """
    delta = object_or_none("delta", choice.get("delta"))
    if delta is None:  # a `message` next to a `delta` repeats the text so far
        delta = object_or_none("message", choice.get("message"))
    if delta and _message_has_output(delta):
        return True
    return _has_text("text", choice.get("text"))


def _message_has_output(message: Mapping[str, object]) -> bool:
    for field in TEXT_FIELDS:
        if message.get(field) is not None and _has_text(field, message[field]):
            return True
    calls = message.get("tool_calls")
    if calls is not None and not isinstance(calls, list):
        raise wrong_type("tool_calls", calls, "a list")
    if calls and any(_calls_tool("tool_calls[]", call) for call in calls):
        return True
    return _calls_tool("function_call", message.get("function_call"))


def _has_text(field: str, value: object, depth: int = 0) -> bool:
    """Return whether a text is not empty, or a list or object has a part with text."""
    if value is None or isinstance(value, str):
        return bool(value)
    if depth > _DEEPEST_PART:
        raise MalformedError(f"the answer is malformed: {field} is nested too deeply")
    if isinstance(value, list):
        return any(_has_text(field, part, depth + 1) for part in value)
    if isinstance(value, dict):
        return any(_has_text(f"{field}.{name}", value.get(name), depth + 1) for name in TEXT_PARTS)
    raise wrong_type(field, value, "text")


def _calls_tool(field: str, value: object) -> bool:
    """Return whether a tool call has a name or a piece of its arguments."""
    call = object_or_none(field, value) or {}
    for kind in ("function", "custom"):
        called = object_or_none(f"{field}.{kind}", call.get(kind))
        if called:
            call = called
    return any(call.get(name) not in (None, "", {}, []) for name in CALL_PARTS)

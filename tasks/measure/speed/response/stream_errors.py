"""Finds errors that a server reports inside a response with status 200, in any known form; pure."""

from __future__ import annotations

import json
from collections.abc import Mapping

from tasks.measure.speed.response.malformed import text_or_none

ERROR_REASONS = frozenset(
    {"error", "abort", "aborted", "cancelled", "canceled", "insufficient_system_resource"}
)
"""Finish reasons that mean that the server aborted the answer."""
LONGEST_REASON = 64
"""The number of characters of a finish reason that are recorded."""
_BARE_ERROR_FIELDS = ("message", "detail", "msg")
"""Fields of an error object that is not nested in a field `error`."""


def error_of_event(name: bytes, event: Mapping[str, object]) -> str | None:
    """Return the event as JSON if it is or contains an error, otherwise None."""
    if name == b"error" or "error" in (event.get("object"), event.get("type"), event.get("status")):
        return _as_json(event)
    for field, value in event.items():
        if field.startswith("err") and _is_set(value):
            return _as_json(event)
    is_answer = "choices" in event or "usage" in event
    if not is_answer and any(_is_set(event.get(field)) for field in _BARE_ERROR_FIELDS):
        return _as_json(event)
    return None


def error_of_choice(choice: Mapping[str, object], finish_reason: str | None) -> str | None:
    """Return the error in a choice's field `error` or its finish reason; None without an error."""
    error = choice.get("error")
    if _is_set(error):
        return _as_json({"error": error})
    if finish_reason is not None and finish_reason.lower() in ERROR_REASONS:
        return f"the server broke off the answer with finish_reason {finish_reason!r}"
    return None


def finish_reason_of(choice: Mapping[str, object]) -> str | None:
    """Return the finish reason of an ended choice, otherwise None.

    Some servers write the finish reason of an unfinished choice as "" or "null".

    Raises:
        MalformedError: the finish reason is neither text nor null.
    """
    reason = choice.get("finish_reason")
    if isinstance(reason, dict):  # SGLang's own form: {"type": "length", "length": 16}
        reason = reason.get("type")
    text = text_or_none("finish_reason", reason)
    if text is None or text.lower() in ("null", "none"):
        return None
    return text[:LONGEST_REASON].encode("utf-8", "replace").decode()  # JSON can contain lone surrogates


def _is_set(value: object) -> bool:
    """Return whether a field contains an error. Some servers send it always, as null or with empty fields."""
    return any(value.values()) if isinstance(value, dict) else bool(value)


def _as_json(value: object) -> str:
    try:
        return json.dumps(value, ensure_ascii=False)
    except RecursionError:
        return "the server reports an error that is nested too deeply to be quoted"

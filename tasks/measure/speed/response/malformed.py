"""The error for a response that the API does not allow, and functions that check a field's JSON type."""

from __future__ import annotations

_TYPE_NAMES: dict[type, str] = {dict: "an object", list: "a list", str: "text", bool: "a boolean"}


class MalformedError(ValueError):
    """A field of a response has a type or value that the API does not allow. The message names the field."""


def wrong_type(field: str, value: object, expected: str) -> MalformedError:
    """Return the error for a field whose value is not `expected`, such as "an object" or "a number"."""
    return MalformedError(f"the answer is malformed: {field} is {type_name(value)}, not {expected}")


def type_name(value: object) -> str:
    """Return the name of a value's JSON type, with an article: "a list"."""
    return "null" if value is None else _TYPE_NAMES.get(type(value), "a number")


def object_or_none(field: str, value: object) -> dict[str, object] | None:
    """Return the value if it is an object or null; raise MalformedError otherwise."""
    if value is None or isinstance(value, dict):
        return value
    raise wrong_type(field, value, "an object")


def text_or_none(field: str, value: object) -> str | None:
    """Return the text, or None if it is null or empty; raise MalformedError for any other type."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise wrong_type(field, value, "text")
    return value or None

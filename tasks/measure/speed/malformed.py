"""The error of a response that has another shape than the API's, and the words that name a JSON type."""

from __future__ import annotations

_TYPE_NAMES: dict[type, str] = {dict: "an object", list: "a list", str: "text", bool: "a boolean"}


class MalformedError(ValueError):
    """A field of a response has a type or value that the API does not allow. The text names the field."""


def wrong_type(field: str, value: object, expected: str) -> MalformedError:
    """The error for a field that should be `expected`: an object, a list, text or a number."""
    return MalformedError(f"the answer is malformed: {field} is {type_name(value)}, not {expected}")


def type_name(value: object) -> str:
    """The JSON type of a parsed value, with its article."""
    return "null" if value is None else _TYPE_NAMES.get(type(value), "a number")


def object_or_none(field: str, value: object) -> dict[str, object] | None:
    """The value if it is an object or null; raises MalformedError where it is anything else."""
    if value is None or isinstance(value, dict):
        return value
    raise wrong_type(field, value, "an object")


def text_or_none(field: str, value: object) -> str | None:
    """The value if it is text, None if null or empty; raises MalformedError where it is anything else."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise wrong_type(field, value, "text")
    return value or None

"""Reads untrusted YAML, with limits on its size, its depth and the expansion of its aliases."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import yaml

MOST_CHARACTERS = 1_000_000
MOST_VALUES = 100_000
"""Limit on values after alias expansion. A few lines of aliases can expand to billions of values."""
DEEPEST = 50


class TooLargeError(ValueError):
    """The YAML is larger or deeper than a spec can be."""


def load_yaml(text: str) -> Any:
    """Return the value of a YAML text, read with PyYAML's safe loader.

    Raises:
        yaml.YAMLError: the text is not YAML.
        ValueError: a value is impossible, such as the date 30 February.
        TooLargeError: the text is larger or deeper than a spec can be.
    """
    if len(text) > MOST_CHARACTERS:
        raise TooLargeError(f"more than {MOST_CHARACTERS} characters")
    try:
        value = yaml.safe_load(text)
    except RecursionError:
        raise TooLargeError(f"more than {DEEPEST} levels deep") from None
    _check(value)
    return value


def _check(value: Any) -> None:
    """Raise TooLargeError if a value contains too many values or levels."""
    waiting = [(value, 1)]
    values = 0
    while waiting:
        entry, depth = waiting.pop()
        children = _children(entry)
        values += len(children)
        if values > MOST_VALUES:
            raise TooLargeError(f"more than {MOST_VALUES} values")
        if depth > DEEPEST:
            raise TooLargeError(f"more than {DEEPEST} levels deep")
        waiting += [(child, depth + 1) for child in children]


def _children(value: Any) -> list[Any]:
    children: Iterable[Any] = ()
    if isinstance(value, dict):
        children = value.values()
    elif isinstance(value, list | tuple | set):
        children = value
    return list(children)

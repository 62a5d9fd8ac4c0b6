"""Reads YAML that others may have written: bounded in size, depth and what its aliases unfold to."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import yaml

MOST_CHARACTERS = 1_000_000
MOST_VALUES = 100_000
"""Values after every alias is unfolded: a few lines of aliases can stand for billions."""
DEEPEST = 50


class TooLargeError(ValueError):
    """The YAML is larger or deeper than a spec can be."""


def load_yaml(text: str) -> Any:
    """Read YAML with its safe types alone.

    Raises:
        yaml.YAMLError: it is not YAML.
        ValueError: a value that does not exist, as the 30th of February.
        TooLargeError: it is larger or deeper than a spec can be.
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
    """Raise TooLargeError where a value has too many values or levels."""
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

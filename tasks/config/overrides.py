"""Overrides of a spec's raw fields: `sweeps.0.repeats=3`, with values written as in YAML."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import yaml

from tasks.config.bounded_yaml import TooLargeError, load_yaml
from tasks.errors import InputError


def apply_overrides(fields: dict[str, Any], overrides: Sequence[str]) -> None:
    """Set each `path.to.field=value` in a spec's raw fields, in place.

    Raises:
        InputError: an override is not an assignment, its value is not YAML, or its path leads nowhere.
    """
    for override in overrides:
        path, equals, text = override.partition("=")
        if not equals or not path:
            raise InputError(f"--set {override}: not an assignment", "write it as path.to.field=value")
        _assign(fields, path.split("."), _yaml_value(text, override), override)


def _yaml_value(text: str, override: str) -> object:
    try:
        return load_yaml(text)
    except TooLargeError as error:
        raise InputError(f"--set {override[:60]}...: the value has {error}", "shorten it") from None
    except (yaml.YAMLError, ValueError):  # ValueError: a date that does not exist
        raise InputError(f"--set {override}: the value is not YAML", "quote the value") from None


def _assign(fields: dict[str, Any], path: list[str], value: object, override: str) -> None:
    """Set the value at a path. Parent fields that are missing or null become empty mappings."""
    *parents, last = path
    node: Any = fields
    for part in parents:
        key = _key(node, part, override)
        if isinstance(node, dict) and node.get(key) is None:
            node[key] = {}
        node = node[key]
    node[_key(node, last, override)] = value


def _key(node: object, part: str, override: str) -> str | int:
    """Return a part of a path as a mapping key or a list index. Raise InputError if the index is invalid."""
    if isinstance(node, dict):
        return part
    if not isinstance(node, list):
        raise InputError(
            f"--set {override}: {part!r} is below a value that has no fields", "check the path's spelling"
        )
    if part.isdigit() and int(part) < len(node):
        return int(part)
    raise InputError(
        f"--set {override}: {part!r} is not an entry of a list of {len(node)}",
        _numbers(len(node)),
    )


def _numbers(entries: int) -> str:
    """Say which numbers the entries of a list have."""
    if entries == 0:
        return "the list is empty"
    return "there is one entry, number 0" if entries == 1 else f"number the entries from 0 to {entries - 1}"

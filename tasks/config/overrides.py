"""Overrides of a raw spec: `sweeps.0.repeats=3`, values written as in YAML."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import yaml

from tasks.errors import InputError


def apply_overrides(data: dict[str, Any], overrides: Sequence[str]) -> None:
    """Set each `path=value` in place.

    Raises:
        InputError: the override is no assignment, or its path leads through something that holds no fields.
    """
    for override in overrides:
        path, equals, text = override.partition("=")
        if not equals or not path:
            raise InputError(f"--set {override}: not an assignment", "write it as path.to.field=value")
        _assign(data, path.split("."), _value(override, text), override)


def _value(override: str, text: str) -> object:
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError):  # a date that is none
        raise InputError(f"--set {override}: the value is not YAML", "quote the value") from None


def _assign(node: Any, path: list[str], value: object, override: str) -> None:
    head, *rest = path
    key = _key(node, head, override)
    if not rest:
        node[key] = value
        return
    if isinstance(node, dict) and node.get(key) is None:
        node[key] = {}
    _assign(node[key], rest, value, override)


def _key(node: object, head: str, override: str) -> str | int:
    if isinstance(node, dict):
        return head
    if isinstance(node, list):
        if head.isdigit() and int(head) < len(node):
            return int(head)
        raise InputError(
            f"--set {override}: {head!r} is no entry of a list of {len(node)}",
            f"number the entries from 0 to {len(node) - 1}" if node else "the list is empty",
        )
    raise InputError(f"--set {override}: there is nothing below {head!r} to set", "check the path's spelling")

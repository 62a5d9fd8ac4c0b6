"""Closes the parameter schemas of the deployments: the server refuses what the flows would refuse."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from typing import Any

from tasks.config.home import expanded
from tasks.config.permission_rules import (
    BLOCKS,
    COMMANDS,
    ENV,
    ENVIRONMENTS,
    PATHS,
    SECRETS,
    SPECS_FOLDER,
    URLS,
    environment_names,
)

Schema = dict[str, Any]
Change = Callable[[Schema], Schema]
OVERRIDES_BY_PERMISSION = {
    COMMANDS: (r"server=", r"server\.command[.=]", r"server\.kind=\s*[\"']?command"),
    ENV: (r"server\.env[.=]",),
    URLS: (r"server\.url=", r"track\.swanlab\.host="),
    SECRETS: (r"server\.api_key_env=", r"server\.headers[.=]", r"track\.swanlab\.api_key_env="),
    BLOCKS: (r"blocks\.host=", r"blocks\.results="),
}
"""How overrides begin that need a permission whatever their value is."""
SPECIAL = re.compile(r"[.*+?^${}()|\[\]\\/]")


def closed_schema(schema: Schema, permissions: Iterable[str]) -> Schema:
    """A schema that refuses unknown parameters, and those that need a permission beside `permissions`.

    Each is refused by its name before a run exists. The flow checks them again: a value may say the same in
    several ways, and a worker may have other permissions and folders than the process that made the schema.
    """
    properties = dict(schema["properties"])
    if "overrides" in properties:
        properties["overrides"] = _with_items(
            properties["overrides"], _closed_override(frozenset(permissions))
        )
    if "spec" in properties and PATHS not in permissions:
        properties["spec"] = _with_choices(properties["spec"], _closed_spec_file)
    if "environments" in properties and ENVIRONMENTS not in permissions:
        properties["environments"] = _with_items(properties["environments"], _closed_environment)
    return {**schema, "properties": properties, "additionalProperties": False}


def _closed_override(permissions: frozenset[str]) -> Change:
    """Returns a function that closes the schema of one override."""
    refused: list[str] = []
    for permission, beginnings in OVERRIDES_BY_PERMISSION.items():
        if permission not in permissions:
            refused += beginnings

    def close(items: Schema) -> Schema:
        if not refused:
            return items
        return {**items, "pattern": f"^(?!{'|'.join(refused)}){items['pattern'].removeprefix('^')}"}

    return close


def _closed_environment(items: Schema) -> Schema:
    return {**items, "enum": [name for name in environment_names() if name]}


def _closed_spec_file(choice: Schema) -> Schema | None:
    """The choice of a file: in the operator's folder, or none where there is no such folder."""
    if choice.get("title") != "path":
        return choice
    folder = os.environ.get(SPECS_FOLDER)
    if not folder:
        return None
    return {**choice, "pattern": f"^{_escaped(str(expanded(folder).resolve()))}/"}


def _with_items(schema: Schema, change: Change) -> Schema:
    """A list's schema with changed items; the list may be one of several choices."""
    if "items" in schema:
        return {**schema, "items": change(schema["items"])}
    if "anyOf" in schema:
        return {**schema, "anyOf": [_with_items(choice, change) for choice in schema["anyOf"]]}
    return schema


def _with_choices(schema: Schema, change: Callable[[Schema], Schema | None]) -> Schema:
    """A schema with changed choices; those that become None are left out."""
    choices = [change(choice) for choice in schema["anyOf"]]
    return {**schema, "anyOf": [choice for choice in choices if choice is not None]}


def _escaped(text: str) -> str:
    """The text in a regular expression of Python and of JavaScript."""
    return SPECIAL.sub(r"\\\g<0>", text)

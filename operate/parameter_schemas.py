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
    SECRETS: (
        r"server\.api_key_env=",
        r"server\.headers[.=]",
        r"blocks\.endpoint=",
        r"track\.swanlab\.api_key_env=",
        r"track\.mlflow\.uri=",
    ),
    BLOCKS: (r"blocks\.host=", r"blocks\.results="),
}
"""Patterns for the start of an override that needs a permission, whatever its value."""
SPECIAL = re.compile(r"[.*+?^${}()|\[\]\\/]")


def defaults_of(schema: Schema) -> dict[str, Any]:
    """Return the defaults that `closed_schema` leaves out: the run form takes them from the deployment."""
    fields = schema["properties"].items()
    return {name: field["default"] for name, field in fields if field.get("nullable")}


def closed_schema(schema: Schema, permissions: Iterable[str]) -> Schema:
    """Return a schema that refuses unknown parameters, and those that need a permission not in `permissions`.

    The schema refuses them by name before a run exists. The flow checks them again: one setting can be
    written in several ways, and a worker may have other permissions and folders than the process that made
    the schema.
    """
    properties = {name: _one_input(field) for name, field in schema["properties"].items()}
    if "overrides" in properties:
        properties["overrides"] = _with_items(
            properties["overrides"], _closed_override(frozenset(permissions))
        )
    if "spec" in properties and PATHS not in permissions:
        properties["spec"] = _with_choices(properties["spec"], _closed_spec_file)
    if "environments" in properties and ENVIRONMENTS not in permissions:
        properties["environments"] = _with_items(properties["environments"], _closed_environment)
    return {**schema, "properties": properties, "additionalProperties": False}


def _one_input(field: Schema) -> Schema:
    """Return the schema of a field that takes null, so that the run form shows one ordinary input for it.

    Prefect's server takes null for every field that has a type and no default.
    """
    open_field = {name: value for name, value in field.items() if name != "default"}
    types = [choice for choice in field.get("anyOf", ()) if choice != {"type": "null"}]
    if len(types) == 1 and field["default"] is None:
        del open_field["anyOf"]
        return {**types[0], **open_field}
    if not field.get("nullable"):
        return field
    if "enum" not in field:
        return open_field
    # The enum itself would refuse null. Prefect's server replaces the anyOf of a field with a type: there
    # the pattern holds, and the anyOf is for the form alone.
    choices = open_field.pop("enum")
    pattern = f"^({'|'.join(map(_escaped, choices))})$"
    return {
        **open_field,
        "pattern": pattern,
        "anyOf": [{"title": "choice", "type": "string", "enum": choices}],
    }


def _closed_override(permissions: frozenset[str]) -> Change:
    """Return a function that closes the schema of one override."""
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
    """Limit a choice of a file to the operator's folder; return None for it if there is no such folder."""
    if choice.get("title") != "path":
        return choice
    folder = os.environ.get(SPECS_FOLDER)
    if not folder:
        return None
    return {**choice, "pattern": f"^{_escaped(str(expanded(folder).resolve()))}/"}


def _with_items(schema: Schema, change: Change) -> Schema:
    """Return a list's schema with changed items. The list may be one of several choices."""
    if "items" in schema:
        return {**schema, "items": change(schema["items"])}
    if "anyOf" in schema:
        return {**schema, "anyOf": [_with_items(choice, change) for choice in schema["anyOf"]]}
    return schema


def _with_choices(schema: Schema, change: Callable[[Schema], Schema | None]) -> Schema:
    """Return a schema with changed choices, without those that become None."""
    choices = [change(choice) for choice in schema["anyOf"]]
    return {**schema, "anyOf": [choice for choice in choices if choice is not None]}


def _escaped(text: str) -> str:
    """Return the text escaped for regular expressions of both Python and JavaScript."""
    return SPECIAL.sub(r"\\\g<0>", text)

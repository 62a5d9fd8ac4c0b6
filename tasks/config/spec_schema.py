"""The JSON Schema of a spec, with which an editor completes and checks spec files."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from tasks.config.home import checkout
from tasks.config.objective import FIGURES, STATISTICS
from tasks.config.spec import Spec

SCHEMA_FILE = checkout() / "deployments" / "spec.schema.json"
"""The committed copy, which spec files name. `make docs` writes it."""
EDITOR_LINE = "# yaml-language-server: $schema="
"""Begins the comment by which editors with the YAML language server find a file's schema."""
DIALECT = "http://json-schema.org/draft-07/schema#"
"""The dialect that YAML language servers know in full."""

Schema = dict[str, Any]


def schema_text() -> str:
    """Return the schema as indented JSON."""
    return json.dumps(spec_schema(), indent=1, ensure_ascii=False) + "\n"


def spec_schema() -> Schema:
    """Return the schema of what a person may write: pydantic's, and the forms that validators read."""
    schema = {"$schema": DIALECT, **_without_titles(Spec.model_json_schema())}
    definitions = schema["$defs"]
    definitions["Objective"] = _objective(definitions["Objective"])
    definitions["ClosedLoop"] = _with_burst(definitions["ClosedLoop"])
    return schema


def editor_line(file: Path) -> str:
    """Return the comment that names the schema for a spec file: relative inside the checkout, else absolute.

    An address in the web would need a network, and would not change with the installed version.
    """
    inside = file.absolute().is_relative_to(checkout())
    path = os.path.relpath(SCHEMA_FILE, file.absolute().parent) if inside else str(SCHEMA_FILE)
    return f"{EDITOR_LINE}{path}"


def _without_titles(node: Any) -> Any:
    """Remove pydantic's titles, which repeat the names of fields. A field may be called `title`."""
    if isinstance(node, list):
        return [_without_titles(entry) for entry in node]
    if not isinstance(node, dict):
        return node
    kept = {}
    for name, value in node.items():
        if name != "title" or not isinstance(value, str):
            kept[name] = _without_titles(value)
    return kept


def _objective(definition: Schema) -> Schema:
    """An objective is a text in a spec; the model holds its parts."""
    times = rf"({'|'.join(FIGURES)})_({'|'.join(STATISTICS)})_s"
    return {
        "type": "string",
        "pattern": rf"^\s*({times}\s*<=|success\s*>=)\s*\S+\s*$",
        "description": definition["description"],
        "examples": ["ttft_p95_s <= 0.5", "tpot_p95_s <= 0.05", "success >= 0.99"],
    }


def _with_burst(definition: Schema) -> Schema:
    burst = {
        **definition["properties"]["concurrency"],
        "description": "requests sent all at once, once",
    }
    only_burst = {
        "type": "object",
        "properties": {"burst": burst},
        "required": ["burst"],
        "additionalProperties": False,
    }
    return {"anyOf": [definition, only_burst]}

"""Reads a JSON or YAML file that another program wrote, bounded in size."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from tasks.errors import InputError

MAX_BYTES = 512 * 1024 * 1024
"""Of a file of results: one with every request of a load is large."""
MAX_SETTINGS_BYTES = 1024 * 1024
"""Of a file of settings; YAML is read slowly."""
Fields = Mapping[str, Any]


def read_json(path: Path) -> Any:
    """Return the content of a JSON file; of a `.jsonl` file the list of its lines.

    Raises:
        InputError: the file cannot be read, is larger than MAX_BYTES, or holds no JSON.
    """
    try:
        text = _text(path, MAX_BYTES, "give the tool's summary file")
        if path.suffix == ".jsonl":
            return [json.loads(line) for line in text.splitlines() if line.strip()]
        return json.loads(text)
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(
            f"{path} cannot be read as JSON: {error}", "give a results file of a load generator"
        ) from (error)


def read_settings(path: Path, remedy: str) -> Fields:
    """Return the fields of a YAML file.

    Raises:
        InputError: the file cannot be read, is larger than MAX_SETTINGS_BYTES, or holds no fields; with
            the remedy.
    """
    try:
        content = yaml.safe_load(_text(path, MAX_SETTINGS_BYTES, remedy))
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        raise InputError(f"{path} cannot be read: {error}", remedy) from error
    if not isinstance(content, dict):
        raise InputError(f"{path} holds no settings", remedy)
    return content


def _text(path: Path, limit: int, remedy: str) -> str:
    size = path.stat().st_size
    if size > limit:
        raise InputError(f"{path} has {size:,} bytes, and {limit:,} are read", remedy)
    return path.read_text(encoding="utf-8")


def number(fields: Fields, name: str, scale: float = 1.0) -> float | None:
    """Return a number times `scale`; None if the field is missing or holds no finite number."""
    value = fields.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    scaled = float(value) * scale
    return scaled if abs(scaled) < float("inf") else None


def in_utc(moment: datetime) -> datetime:
    """Return a time in UTC. One without a zone is taken as of this machine's zone, where the tool ran too."""
    return moment.astimezone(UTC)


def count(fields: Fields, name: str, path: Path) -> int:
    """Return a whole number of zero or more.

    Raises:
        InputError: the field is missing or holds something else.
    """
    value = number(fields, name)
    if value is None or value < 0 or value != int(value):
        raise InputError(
            f"{path}: {name!r} is no count: {fields.get(name)!r}", "give the file as the tool wrote it"
        )
    return int(value)


def object_in(fields: Fields, name: str) -> Fields:
    """Return an object that is a field; an empty one if the field is missing or holds something else."""
    value = fields.get(name)
    return value if isinstance(value, dict) else {}


def objects_in(fields: Fields, name: str) -> list[Fields]:
    """Return the objects of a field that is a list; none if it is missing or holds something else."""
    values = fields.get(name)
    return [value for value in values if isinstance(value, dict)] if isinstance(values, list) else []

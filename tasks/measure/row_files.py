"""The rows a measuring process leaves behind: one JSON line each, readable after a kill."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

Row = TypeVar("Row")
REQUESTS = "requests.jsonl"
SAMPLES = "samples.jsonl"


def write_rows(path: Path, kind: type[Row], rows: tuple[Row, ...]) -> None:
    """Write all rows at once."""
    adapter = TypeAdapter(kind)
    path.write_bytes(b"".join(adapter.dump_json(row) + b"\n" for row in rows))


def read_rows(path: Path, kind: type[Row]) -> Iterator[Row]:
    """Read rows back; a last line cut short by a kill is left out."""
    adapter = TypeAdapter(kind)
    with path.open("rb") as lines:
        for line in lines:
            try:
                yield adapter.validate_json(line)
            except ValidationError:
                if line.endswith(b"\n"):
                    raise


def one_line(text: str, secret: str | None = None, limit: int = 300) -> str:
    """The one line of an error worth keeping: a payload's message, a traceback's last line.

    Args:
        text: an exception's text, a server's answer or a whole traceback.
        secret: blotted out, should a server echo it.
        limit: characters kept.
    """
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    if not lines:
        return "no reason given"
    line = lines[-1] if lines[0].startswith("Traceback") else _message(text) or lines[0]
    line = re.sub(r"\s+", " ", line)
    if secret:
        line = line.replace(secret, "***")
    return line if len(line) <= limit else line[: limit - 1] + "…"


def _message(text: str) -> str | None:
    """The message inside an OpenAI-style error payload."""
    try:
        payload = json.loads(text)
    except ValueError:
        return None
    for key in ("error", "message", "detail"):
        if isinstance(payload, dict) and payload.get(key):
            payload = payload[key]
    return payload if isinstance(payload, str) else None

"""The files of rows that a measuring process writes: one line of JSON each, readable after a kill."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

Row = TypeVar("Row")
REQUESTS = "requests.jsonl"
SAMPLES = "samples.jsonl"


def write_rows(path: Path, kind: type[Row], rows: tuple[Row, ...]) -> None:
    """Write all rows to a file."""
    adapter = TypeAdapter(kind)
    path.write_bytes(b"".join(adapter.dump_json(row) + b"\n" for row in rows))


def read_rows(path: Path, kind: type[Row]) -> Iterator[Row]:
    """Read the rows of a file; a last line that a kill cut short is left out.

    Raises:
        OSError: the file cannot be read.
        pydantic.ValidationError: a whole line is no row of this kind.
    """
    adapter = TypeAdapter(kind)
    with path.open("rb") as lines:
        for line in lines:
            try:
                yield adapter.validate_json(line)
            except ValidationError:
                if line.endswith(b"\n"):
                    raise


def one_line(text: str, mask: Callable[[str], str] = str, limit: int = 300) -> str:
    """Shorten an error to one line: the message of a JSON payload, or the last line of a traceback.

    Args:
        text: an exception's text, a server's response or a whole traceback.
        mask: replaces secrets, which a server may repeat.
        limit: characters kept.
    """
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    if not lines:
        return "no reason given"
    message = (_payload_message(text) or "").strip() or lines[0]
    if lines[0].startswith("Traceback"):
        message = lines[-1]
    message = re.sub(r"\s+", " ", message)
    message = message.encode("utf-8", "replace").decode()  # JSON can hold halves of characters
    message = mask(message)
    return message if len(message) <= limit else message[: limit - 1] + "…"


def _payload_message(text: str) -> str | None:
    """The message inside an OpenAI-style error payload; None where the text is no such payload."""
    try:
        payload = json.loads(text)
    except (ValueError, RecursionError):
        return None
    for key in ("error", "message", "detail"):
        if isinstance(payload, dict) and payload.get(key):
            payload = payload[key]
    return payload if isinstance(payload, str) else None

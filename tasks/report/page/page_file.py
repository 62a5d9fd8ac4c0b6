"""Writes a page into a file, whole or not at all."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

from tasks.errors import RecordError
from tasks.record.parquet_file import remove_leftover


def write_html(page: str, path: Path, remedy: str) -> Path:
    """Write a page to `path` atomically and return `path`. Its folder is created if it does not exist.

    Raises:
        RecordError: the page cannot be written; `remedy` says what to do.
    """
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_text(page, encoding="utf-8")
        os.replace(temporary, path)
    except OSError as error:
        remove_leftover(temporary)
        raise RecordError(f"cannot write the page {path}: {error.strerror or error}", remedy) from error
    return path

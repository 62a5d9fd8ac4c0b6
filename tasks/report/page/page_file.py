"""Writes a page into a file, whole or not at all."""

from __future__ import annotations

from pathlib import Path

from tasks.config.access import FOLDER_WRITABLE, is_denied
from tasks.errors import RecordError
from tasks.record.parquet_file import write_bytes


def write_html(page: str, path: Path, remedy: str) -> Path:
    """Write a page to `path` atomically and return `path`. Its folder is created if it does not exist.

    Raises:
        RecordError: the page cannot be written; `remedy` says what to do where this user may write.
    """
    try:
        write_bytes(page.encode(), path)
    except OSError as error:
        raise RecordError(
            f"cannot write the page {path}: {error.strerror or error}",
            FOLDER_WRITABLE if is_denied(error) else remedy,
        ) from error
    return path

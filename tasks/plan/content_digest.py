"""Identifies a file by its content, so that a cache key holds no path."""

from __future__ import annotations

import hashlib
from pathlib import Path


def content_digest(name: str) -> str:
    """The SHA-256 of a file's content, for an absolute path to a file; any other name as it is."""
    path = Path(name)
    named = path.is_absolute() and path.is_file()
    return hashlib.sha256(path.read_bytes()).hexdigest() if named else name

"""Identifies a file by its content, so that a cache key holds no path."""

from __future__ import annotations

import hashlib
from pathlib import Path


def content_digest(name: str) -> str:
    """Return the SHA-256 of the content of a file with an absolute path; return any other name unchanged."""
    path = Path(name)
    named = path.is_absolute() and path.is_file()
    return hashlib.sha256(path.read_bytes()).hexdigest() if named else name

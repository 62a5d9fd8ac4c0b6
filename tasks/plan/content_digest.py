"""Names a file by its content, so that a cache key holds no path."""

from __future__ import annotations

import hashlib
from pathlib import Path


def content_digest(name: str) -> str:
    """The content digest of a file that is named by its whole path; any other name stands for itself."""
    path = Path(name)
    named = path.is_absolute() and path.is_file()
    return hashlib.sha256(path.read_bytes()).hexdigest() if named else name

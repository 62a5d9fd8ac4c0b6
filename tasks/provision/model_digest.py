"""Digests that distinguish model folders without reading all of their weights."""

from __future__ import annotations

import hashlib
from pathlib import Path

EDGE_BYTES = 2**20
WEIGHTS = {".safetensors", ".bin", ".pt", ".pth", ".gguf"}


def folder_digest(folder: Path) -> str:
    """Return a SHA-256 over the name, size and `file_digest` of every file that is not hidden.

    A changed configuration, tokenizer or set of files always changes it. Other weights change it in
    practice, because a checkpoint's header and its first and last tensors change; one byte changed in
    the middle of a file of weights does not.
    """
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        hidden = any(part.startswith(".") for part in name.parts)
        if path.is_file() and not hidden:
            total.update(f"{name.as_posix()}\0{path.stat().st_size}\0{file_digest(path)}\0".encode())
    return total.hexdigest()


def file_digest(path: Path) -> str:
    """Return a SHA-256 of a file's content; of weights only the first and the last MiB count."""
    with path.open("rb") as file:
        if path.suffix not in WEIGHTS:
            return hashlib.file_digest(file, "sha256").hexdigest()
        edges = hashlib.sha256(file.read(EDGE_BYTES))
        file.seek(max(0, path.stat().st_size - EDGE_BYTES))
        edges.update(file.read(EDGE_BYTES))
        return edges.hexdigest()

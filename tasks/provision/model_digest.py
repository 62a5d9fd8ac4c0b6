"""What tells one model folder from another without reading all of its weights."""

from __future__ import annotations

import hashlib
from pathlib import Path

EDGE_BYTES = 2**20
WEIGHTS = {".safetensors", ".bin", ".pt", ".pth", ".gguf"}


def folder_digest(folder: Path) -> str:
    """A SHA-256 over every visible file's name and size, and over what is in it.

    Files of weights count by their first and last MiB, all other files whole. So a changed
    configuration, tokenizer or set of files is always seen, and new weights practically always (a
    checkpoint's header and first and last tensors change with it); a byte changed in the middle is not.
    """
    total = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if path.is_file() and not any(part.startswith(".") for part in name.parts):
            total.update(f"{name.as_posix()}\0{path.stat().st_size}\0{file_digest(path)}\0".encode())
    return total.hexdigest()


def file_digest(path: Path) -> str:
    """A SHA-256 of a file's content; of weights the first and the last MiB."""
    with path.open("rb") as file:
        if path.suffix not in WEIGHTS:
            return hashlib.file_digest(file, "sha256").hexdigest()
        edges = hashlib.sha256(file.read(EDGE_BYTES))
        file.seek(max(0, path.stat().st_size - EDGE_BYTES))
        edges.update(file.read(EDGE_BYTES))
        return edges.hexdigest()

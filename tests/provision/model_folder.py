"""A folder with the files of a model."""

from __future__ import annotations

from pathlib import Path

from tasks.provision.model_digest import EDGE_BYTES


def make_model_folder(folder: Path) -> Path:
    """Create a folder with a configuration and 4 MiB of weights, all zero."""
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    with (folder / "model.safetensors").open("wb") as file:
        file.truncate(4 * EDGE_BYTES)
    return folder

"""Room on a disk, looked for before something large is put there."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from tasks.errors import NoSpace

GIGABYTE = 10**9


def free_bytes(folder: Path) -> int:
    """Free space on the disk that holds the folder, or will hold it once it is made."""
    there = next(parent for parent in (folder, *folder.absolute().parents) if parent.exists())
    return shutil.disk_usage(there).free


def check_space(
    what: str, folder: Path, needed: float, variable: str, free: Callable[[Path], int] = free_bytes
) -> None:
    """Return where `needed` bytes are free.

    Args:
        variable: the one that names another place for `folder`.

    Raises:
        NoSpace: they are not; says both figures.
    """
    have = free(folder)
    if have < needed:
        raise NoSpace(
            f"{what}: {folder} has {have / GIGABYTE:.1f} GB free, {needed / GIGABYTE:.3g} GB are needed",
            f"free some space there, or set {variable} to a folder on a larger disk",
        )

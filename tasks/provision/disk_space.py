"""Free space on a disk, checked before something large is written there."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from tasks.errors import NoSpace
from tasks.text import GIGABYTE, gigabytes


def free_bytes(folder: Path) -> int:
    """Return the free bytes on the disk of a folder. The folder need not exist yet."""
    existing = folder.absolute()
    while not existing.exists():
        existing = existing.parent
    return shutil.disk_usage(existing).free


def check_space(
    what: str,
    folder: Path,
    needed_bytes: float,
    variable: str,
    get_free_bytes: Callable[[Path], int] = free_bytes,
) -> None:
    """Check that a disk has room for something large.

    Args:
        what: what needs the room; the message begins with it.
        folder: the folder it is written to.
        needed_bytes: how much it needs.
        variable: the environment variable that moves `folder` to another disk.

    Raises:
        NoSpace: there is too little; the message has both sizes.
    """
    available_bytes = get_free_bytes(folder)
    if available_bytes < needed_bytes:
        needed = f"{needed_bytes / GIGABYTE:.3g} GB"
        raise NoSpace(
            f"{what}: {folder} has {gigabytes(available_bytes)} free, {needed} are needed",
            f"free some space there, or set {variable} to a folder on a larger disk",
        )

"""Building a folder once, completely or not at all, while several processes may need it."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock, Timeout

from tasks.errors import InputError

MARKER = "servegauge.json"
"""The file that a finished folder has."""
UNFINISHED = ".building"
"""The end of an unfinished folder's name."""


def build_once(target: Path, fill: Callable[[Path], str]) -> str:
    """Return the text of `target`'s marker file; build `target` first if it does not exist.

    Args:
        target: the finished folder. It appears by a rename, so no process ever sees a part of it.
        fill: creates and fills the folder whose path it gets, and returns the marker's text.

    Raises:
        InputError: the parent folder cannot be written.
    """
    _require_writable(target.parent)
    with _lock(target):
        remove_unfinished(target.parent, locked_name=target.name)  # of processes that were killed
        marker = target / MARKER
        if marker.is_file():
            return marker.read_text(encoding="utf-8")
        unfinished = unfinished_path(target)
        try:
            text = fill(unfinished)
            (unfinished / MARKER).write_text(text, encoding="utf-8")
            shutil.rmtree(target, ignore_errors=True)
            unfinished.rename(target)
            return text
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)


def unfinished_path(target: Path) -> Path:
    """Return a new hidden name beside `target`. `remove_unfinished` removes folders with such names."""
    # Random, because a child of a killed process may still write into the last unfinished folder.
    return target.with_name(f".{target.name}.{os.getpid()}-{secrets.token_hex(4)}{UNFINISHED}")


def remove_unfinished(folder: Path, locked_name: str = "") -> None:
    """Remove the unfinished folders that no process is building.

    Args:
        folder: the parent folder.
        locked_name: the name of the target whose lock this process holds.
    """
    for unfinished in folder.glob(f".*{UNFINISHED}"):
        target_name = unfinished.name.removeprefix(".").removesuffix(UNFINISHED).rpartition(".")[0]
        if target_name == locked_name:
            shutil.rmtree(unfinished, ignore_errors=True)
            continue
        try:
            with _lock(folder / target_name, timeout=0):
                shutil.rmtree(unfinished, ignore_errors=True)
        except Timeout:
            pass  # another process is building it


def _require_writable(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK | os.X_OK):
            return
        reason = "Permission denied"
    except OSError as error:
        reason = error.strerror or type(error).__name__
    raise InputError(f"{folder} cannot be written ({reason})", "set SERVEGAUGE_HOME to a writable folder")


def _lock(target: Path, timeout: float = -1) -> FileLock:
    # The kernel frees this lock when the process ends, even if it is killed.
    return FileLock(target.with_name(f".{target.name}.lock"), timeout=timeout)

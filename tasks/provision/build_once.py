"""Folders that are made once, whole or not at all, however many processes want them."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock, Timeout

from tasks.errors import InputError

MARKER = "servegauge.json"
UNFINISHED = ".building"


def build_once(target: Path, make: Callable[[Path], str]) -> str:
    """The marker's text of `target`, which is made first where it is not there.

    Args:
        target: the finished folder. It appears by a rename, so whoever sees it sees it whole.
        make: fills the (not yet existing) folder it is given and returns the marker's text.

    A process that dies leaves an unfinished folder and a free lock; the next one removes the folder.

    Raises:
        InputError: the folder that should hold it cannot be written.
    """
    _writable(target.parent)
    with _lock(target):
        remove_leftovers(target.parent, held=target.name)
        marker = target / MARKER
        if marker.is_file():
            return marker.read_text(encoding="utf-8")
        # A name of its own: a child of a killed process may still be writing into the old one.
        building = target.with_name(f".{target.name}.{os.getpid()}-{secrets.token_hex(4)}{UNFINISHED}")
        try:
            text = make(building)
            (building / MARKER).write_text(text, encoding="utf-8")
            shutil.rmtree(target, ignore_errors=True)
            building.rename(target)
        finally:
            shutil.rmtree(building, ignore_errors=True)
        return text


def remove_leftovers(folder: Path, held: str = "") -> None:
    """Remove the unfinished folders that nobody works on; `held` is the target whose lock we hold."""
    for leftover in folder.glob(f".*{UNFINISHED}"):
        name = leftover.name.removeprefix(".").removesuffix(UNFINISHED).rpartition(".")[0]
        if name == held:
            shutil.rmtree(leftover, ignore_errors=True)
            continue
        try:
            with _lock(folder / name, timeout=0):
                shutil.rmtree(leftover, ignore_errors=True)
        except Timeout:
            pass


def _writable(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK | os.X_OK):
            return
        reason = "Permission denied"
    except OSError as error:
        reason = error.strerror or type(error).__name__
    raise InputError(f"{folder} cannot be written ({reason})", "set SERVEGAUGE_HOME to a folder that can")


def _lock(target: Path, timeout: float = -1) -> FileLock:
    # The kernel frees this lock when its holder dies, however it dies.
    return FileLock(target.with_name(f".{target.name}.lock"), timeout=timeout)

"""Folders: the one that keeps environments and models between runs, and the checkout."""

from __future__ import annotations

import os
from pathlib import Path

from tasks.errors import InputError


def home() -> Path:
    """`SERVEGAUGE_HOME`, or `servegauge` under the user's cache directory."""
    chosen = os.environ.get("SERVEGAUGE_HOME")
    if chosen:
        return expanded(chosen)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "servegauge"


def expanded(path: str | Path) -> Path:
    """The path with `~` and `~user` expanded. Raises InputError where there is no such user."""
    try:
        return Path(path).expanduser()
    except RuntimeError as error:
        raise InputError(f"{path}: {error}", "give the whole path") from None


def checkout() -> Path:
    """The root of the project, which holds `deployments/`."""
    return Path(__file__).resolve().parents[2]

"""The folder that keeps environments and models between runs, and the root of the checkout."""

from __future__ import annotations

import os
from pathlib import Path

from tasks.errors import InputError


def home() -> Path:
    """Return `SERVEGAUGE_HOME`, or `servegauge` in the user's cache directory if it is not set."""
    chosen = os.environ.get("SERVEGAUGE_HOME")
    if chosen:
        return expanded(chosen)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "servegauge"


def expanded(path: str | Path) -> Path:
    """Return the path with `~` and `~user` expanded. Raise InputError if there is no such user."""
    try:
        return Path(path).expanduser()
    except RuntimeError as error:
        raise InputError(f"{path}: {error}", "give the whole path") from None


def looks_like_path(text: str) -> bool:
    """Return whether a text that may name a hub's repository is a path. A slash alone is no sign of one."""
    return text.startswith((".", "/", "~"))


def checkout() -> Path:
    """Return the root of the project, which contains `deployments/`."""
    return Path(__file__).resolve().parents[2]

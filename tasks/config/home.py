"""Where environments, models and other things worth keeping between runs live."""

from __future__ import annotations

import os
from pathlib import Path

from tasks.errors import InputError


def home() -> Path:
    """`SERVEGAUGE_HOME`, or `servegauge` under the user's cache directory."""
    if chosen := os.environ.get("SERVEGAUGE_HOME"):
        return expanded(chosen)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "servegauge"


def expanded(path: str | Path) -> Path:
    """The path with `~` and `~user` filled in. Raises InputError where there is no such user."""
    try:
        return Path(path).expanduser()
    except RuntimeError as error:
        raise InputError(f"{path}: {error}", "give the whole path") from None


def checkout() -> Path:
    """The project's own folder, which holds `deployments/`."""
    return Path(__file__).resolve().parents[2]

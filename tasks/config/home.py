"""Where environments, models and other things worth keeping between runs live."""

from __future__ import annotations

import os
from pathlib import Path


def home() -> Path:
    """`SERVEGAUGE_HOME`, or `servegauge` under the user's cache directory."""
    if chosen := os.environ.get("SERVEGAUGE_HOME"):
        return Path(chosen).expanduser()
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "servegauge"


def checkout() -> Path:
    """The project's own folder, which holds `deployments/`."""
    return Path(__file__).resolve().parents[2]

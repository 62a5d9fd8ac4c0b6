"""The licence of a model, as the front matter of its README states it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml

FENCE = "---"


def license_of(folder: Path) -> str | None:
    """What a model folder's README.md states; None where it states nothing that can be read."""
    try:
        text = (folder / "README.md").read_text(encoding="utf-8")
        _, matter, _ = text.split(FENCE, 2) if text.startswith(FENCE) else ("", "", "")
        stated = yaml.safe_load(matter)
    except (OSError, ValueError, yaml.YAMLError):
        return None
    return stated_license(stated) if isinstance(stated, dict) else None


def stated_license(matter: Mapping[str, object]) -> str | None:
    """Its identifier; for `other` the name that stands beside it."""
    given = matter.get("license")
    found = given[0] if isinstance(given, list) and given else given
    name = matter.get("license_name")
    return str(name if found == "other" and name else found) if found else None

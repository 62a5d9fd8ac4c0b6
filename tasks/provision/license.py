"""The licence of a model, as the front matter of its README states it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml

FENCE = "---"


def read_license(folder: Path) -> str | None:
    """Return the licence in a model folder's README.md; None if the README is missing or states none."""
    try:
        text = (folder / "README.md").read_text(encoding="utf-8")
    except (OSError, ValueError):
        return None
    parts = text.split(FENCE, 2)
    if not text.startswith(FENCE) or len(parts) < 3:
        return None
    try:
        front_matter = yaml.safe_load(parts[1])
    except (ValueError, yaml.YAMLError):
        return None
    return license_from_front_matter(front_matter) if isinstance(front_matter, dict) else None


def license_from_front_matter(front_matter: Mapping[str, object]) -> str | None:
    """Return `license`, or `license_name` if `license` is `other`. The first entry of a list counts."""
    identifier = front_matter.get("license")
    if isinstance(identifier, list) and identifier:
        identifier = identifier[0]
    if not identifier:
        return None
    custom_name = front_matter.get("license_name")
    return str(custom_name if identifier == "other" and custom_name else identifier)

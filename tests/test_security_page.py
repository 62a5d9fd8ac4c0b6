"""The threat model of docs/security.md names tests and permissions that exist."""

from __future__ import annotations

import re

from tasks.config.home import checkout
from tasks.config.permission_rules import PERMISSIONS
from tasks.config.permissions import ALL

PAGE = (checkout() / "docs" / "security.md").read_text(encoding="utf-8")


def test_every_test_that_the_threat_model_names_exists() -> None:
    files = (checkout() / "tests").rglob("test_*.py")
    defined = set(re.findall(r"^def (test_\w+)", "\n".join(file.read_text("utf-8") for file in files), re.M))
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    assert len(named) > 20
    assert named - defined == set()


def test_every_leave_is_explained() -> None:
    assert set(re.findall(r"^\| `([\w-]+)` \|", PAGE, re.M)) == {*PERMISSIONS, ALL}

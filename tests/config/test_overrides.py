"""Overrides of a spec's raw fields."""

from __future__ import annotations

from typing import Any

import pytest

from tasks.config.overrides import apply_overrides
from tasks.errors import InputError


def test_an_override_adds_fields_that_are_missing_or_null() -> None:
    fields: dict[str, Any] = {"sweeps": [{"repeats": 1}, {}], "track": None}
    apply_overrides(fields, ["track.swanlab.mode=local", "sweeps.0.repeats=3", "sweeps.1.load.max=[7]"])
    assert fields == {
        "sweeps": [{"repeats": 3}, {"load": {"max": [7]}}],
        "track": {"swanlab": {"mode": "local"}},
    }


def test_the_last_override_wins() -> None:
    fields: dict[str, Any] = {}
    apply_overrides(fields, ["name=a", "name=b=c"])
    assert fields == {"name": "b=c"}


@pytest.mark.parametrize(
    ("override", "what", "remedy"),
    [
        ("name", "not an assignment", "path.to.field=value"),
        ("=1", "not an assignment", "path.to.field=value"),
        ("name=[", "not YAML", "quote"),
        ("name=2026-13-45", "not YAML", "quote"),
        ("sweeps.9.repeats=2", "'9' is not an entry of a list of 2", "from 0 to 1"),
        ("sweeps.first=2", "'first' is not an entry of a list of 2", "from 0 to 1"),
        ("accuracy.0=2", "'0' is not an entry of a list of 0", "the list is empty"),
        ("blocks.3.repeats=2", "'3' is not an entry of a list of 1", "there is one entry, number 0"),
        ("name.first=2", "'first' is below a value that has no fields", "spelling"),
        ("name.first.second=2", "'first' is below a value that has no fields", "spelling"),
    ],
)
def test_a_wrong_override_is_refused_with_a_remedy(override: str, what: str, remedy: str) -> None:
    fields: dict[str, Any] = {"name": "smoke", "sweeps": [{}, {}], "accuracy": [], "blocks": [{}]}
    with pytest.raises(InputError) as caught:
        apply_overrides(fields, [override])
    assert caught.value.what.startswith(f"--set {override}: ")
    assert what in caught.value.what
    assert remedy in caught.value.remedy

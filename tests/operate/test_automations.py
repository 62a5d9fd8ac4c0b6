"""Which automations count as unchanged: an update would forget the runs that they wait for."""

from __future__ import annotations

import pytest

from operate.deploy import _contains

WANTED = {
    "name": "a",
    "trigger": {"expect": ["b", "a"], "within": 60, "match": "x"},
    "actions": [{"type": "c"}],
}


@pytest.mark.parametrize(
    ("change", "unchanged"),
    [
        ({}, True),
        ({"created": "today"}, True),
        ({"name": "b"}, False),
        ({"actions": []}, False),
        ({"actions": [{"type": "c", "id": 1}]}, True),
        ({"trigger": {"expect": ["a", "b"], "within": 60, "match": ["x"], "after": []}}, True),
        ({"trigger": {"expect": ["a"], "within": 60, "match": ["x"]}}, False),
        ({"trigger": None}, False),
    ],
)
def test_an_automation_is_unchanged_if_it_has_every_wanted_field(
    change: dict[str, object], unchanged: bool
) -> None:
    assert _contains({**WANTED, **change}, WANTED) is unchanged

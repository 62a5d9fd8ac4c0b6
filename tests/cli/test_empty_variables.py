"""A variable that is set but empty counts as unset."""

from __future__ import annotations

import os

import pytest

from cli.main import unset_empty_variables


@pytest.mark.parametrize(
    ("value", "left"), [("", None), ("http://127.0.0.1:4200/api", "http://127.0.0.1:4200/api")]
)
def test_an_empty_address_of_prefect_is_no_address(
    value: str, left: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_API_URL", value)
    unset_empty_variables()
    assert os.environ.get("PREFECT_API_URL") == left

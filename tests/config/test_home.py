"""The folder that is kept between runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasks.config.home import checkout, expanded, home
from tasks.errors import InputError


def test_home_is_chosen_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/cache")
    monkeypatch.delenv("SERVEGAUGE_HOME", raising=False)
    assert home() == Path("/cache/servegauge")
    monkeypatch.setenv("SERVEGAUGE_HOME", "~/chosen")
    assert home() == Path.home() / "chosen"


def test_a_home_of_nobody_is_an_error() -> None:
    with pytest.raises(InputError, match="give the whole path"):
        expanded("~nobody-of-that-name/results")


def test_the_checkout_holds_the_deployments() -> None:
    assert (checkout() / "deployments" / "specs").is_dir()

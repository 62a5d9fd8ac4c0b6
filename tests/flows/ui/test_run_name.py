"""The name of a flow run: a person's own, or what is measured and when."""

from __future__ import annotations

import re

import pytest
from prefect.runtime import flow_run
from prefect.utilities.names import generate_slug

from flows.ui.run_name import is_made_up, run_name


@pytest.mark.parametrize("name", ["Small-Mouse", "Handcrafted-Ox", "Gorgeous-Corgi", "Tasty-Emu"])
def test_names_of_the_run_form_are_made_up(name: str) -> None:
    assert is_made_up(name)


def test_names_of_prefects_server_are_made_up() -> None:
    assert all(is_made_up(generate_slug(2)) for _ in range(200))


@pytest.mark.parametrize("name", ["nightly", "nightly-run", "Small-H100", "before the update", "Small-tests"])
def test_a_name_that_a_person_typed_stays(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not is_made_up(name)
    monkeypatch.setattr(flow_run, "name", name, raising=False)
    assert run_name("gpt-oss-20b", "smoke") == name


def test_without_one_it_says_model_spec_and_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow_run, "name", "Small-Mouse", raising=False)
    assert re.fullmatch(
        r"gpt-oss-20b · smoke · \d{4}-\d\d-\d\d \d\d:\d\d UTC", run_name("gpt-oss-20b", "smoke")
    )

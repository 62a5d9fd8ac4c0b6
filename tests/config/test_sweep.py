"""Sweeps: what their validators refuse."""

from __future__ import annotations

import pytest

from tasks.config.spec_file import load_spec
from tasks.errors import InputError


@pytest.mark.parametrize(
    ("override", "what", "remedy"),
    [
        ("dataset=rando", "sweeps.0.dataset: 'rando' is not a dataset", "random, openqa or a file"),
        ("clients=65", "65 is not a number of load processes", "auto or 1 to 64"),
        ("run_name='{x}'", "sweeps.0.run_name: '{x}' cannot be filled in ('x')", "allowed in braces: model"),
        ("run_name='{model.foo}'", "'{model.foo}' cannot be filled in", "model, sweep"),
        ("run_name='{model[foo]}'", "'{model[foo]}' cannot be filled in", "model, sweep"),
        ("run_name='{concurrency:d}'", "'{concurrency:d}' cannot be filled in", "model, sweep"),
        ("load=[{concurrency: 4, requests: 8}, {burst: 4}]", "c4 is listed twice", "use `repeats`"),
    ],
)
def test_wrong_fields_are_refused_with_a_remedy(override: str, what: str, remedy: str) -> None:
    with pytest.raises(InputError) as caught:
        load_spec("smoke", [f"sweeps.0.{override}"])
    assert what in caught.value.what
    assert remedy in caught.value.remedy

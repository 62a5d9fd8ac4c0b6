"""Sweeps: what their validators refuse."""

from __future__ import annotations

import pytest

from tasks.config.spec_file import load_spec
from tasks.errors import InputError


def test_a_spec_without_drawn_lengths_keeps_its_digest() -> None:
    """A field that was added later is dumped only where it is set."""
    sweep = load_spec("smoke").sweeps[0]
    assert "lengths" not in sweep.model_dump()
    assert "traffic_seed" not in sweep.model_dump_json()
    assert sweep.model_copy(update={"traffic_seed": 3}).model_dump()["traffic_seed"] == 3


@pytest.mark.parametrize(
    ("override", "what", "remedy"),
    [
        ("dataset=rando", "sweeps.0.dataset: 'rando' is not a dataset", "openqa, conversations or a file"),
        (
            "cache_hit_share=0.5 & prefix_tokens=3",
            "prefix_tokens and cache_hit_share both say what prompts share",
            "give one of them",
        ),
        ("prefixes={count: 2, tokens: 9} & dataset=openqa", "openqa share no prefix", "remove `prefixes`"),
        ("prefix_tokens=9 & dataset=openqa", "openqa share no prefix", "remove `prefix_tokens`"),
        ("cache_hit_share=1", "sweeps.0.cache_hit_share is 1", "less than 1"),
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
        load_spec("smoke", [f"sweeps.0.{part}" for part in override.split(" & ")])
    assert what in caught.value.what
    assert remedy in caught.value.remedy

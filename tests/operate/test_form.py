"""The run form: what it offers, and what its changes make of a spec."""

from __future__ import annotations

from typing import get_args

import pytest

from flows import parameters
from flows.parameters import SpecChanges, _assignments, spec_with_changes
from tasks.config.spec_file import load_spec, spec_names
from tasks.errors import InputError


def test_the_drop_down_offers_every_bundled_spec() -> None:
    (names, _) = get_args(parameters.Bundled)
    assert sorted(get_args(names)) == spec_names()


def test_nothing_changed_is_the_spec_itself() -> None:
    assert spec_with_changes("smoke", SpecChanges()) == load_spec("smoke")


def test_levels_replace_the_loads_of_every_sweep_with_five_waves_each() -> None:
    spec = spec_with_changes("smoke", SpecChanges(concurrency=(2, 6)))
    assert [[(load.concurrency, load.requests) for load in sweep.load] for sweep in spec.sweeps] == [
        [(2, 10), (6, 30)]
    ] * 2


def test_requests_alone_keep_the_levels() -> None:
    spec = spec_with_changes("smoke", SpecChanges(requests=7, only="speed"))
    assert [(load.concurrency, load.requests) for load in spec.sweeps[0].load] == [(1, 7), (4, 7), (8, 7)]
    assert spec.accuracy == ()


def test_requests_alone_keep_rates_and_durations() -> None:
    mixed = (
        "sweeps.0.load=[{rate: 2, requests: 90, duration_s: 60}, {burst: 4}, {concurrency: 2, requests: 9}]"
    )
    base = load_spec("smoke", [mixed])
    changed = list(_assignments(base, SpecChanges(requests=7)))
    loads = load_spec("smoke", [mixed, *changed]).sweeps[0].loads
    assert [(load.label, load.requests, load.duration_s) for load in loads] == [
        ("rate2", 7, 60),
        ("c4", 7, None),
        ("c2", 7, None),
    ]


def test_effort_repeats_and_model_reach_their_places() -> None:
    changes = SpecChanges(reasoning_effort="high", repeats=3, model="it's: a/model", only="accuracy")
    spec = spec_with_changes("gpt-oss-20b", changes)
    assert spec.server.model == "it's: a/model"
    assert spec.sweeps == ()
    assert [(entry.generation.reasoning_effort, entry.repeats) for entry in spec.accuracy] == [("high", 3)]


def test_overrides_come_last() -> None:
    spec = spec_with_changes("smoke", SpecChanges(repeats=3), ["sweeps.0.repeats=5"])
    assert [sweep.repeats for sweep in spec.sweeps] == [5, 3]


def test_a_half_that_is_not_there_is_wrong_input() -> None:
    with pytest.raises(InputError, match="nothing to measure"):
        spec_with_changes("endpoint", SpecChanges(only="accuracy"))

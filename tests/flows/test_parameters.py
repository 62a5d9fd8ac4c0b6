"""The parameters of the flows: what the run form offers, and how its changes are applied to a spec."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
import yaml

from flows import parameters
from flows.parameters import SpecChanges, load_changed_spec, names_of
from tasks.config.home import checkout
from tasks.config.spec_file import load_spec, spec_names
from tasks.errors import InputError

SMOKE = checkout() / "deployments" / "specs" / "smoke.yaml"


def test_the_drop_down_offers_every_bundled_spec() -> None:
    (names, _) = get_args(parameters.Bundled)
    assert sorted(get_args(names)) == spec_names()


def test_nothing_changed_is_the_spec_itself() -> None:
    assert load_changed_spec("smoke", SpecChanges()) == load_spec("smoke")


def test_levels_replace_the_loads_of_every_sweep_with_five_waves_each() -> None:
    spec = load_changed_spec("smoke", SpecChanges(concurrency=(2, 6)))
    for sweep in spec.sweeps:
        assert [(load.label, load.requests) for load in sweep.loads] == [("c2", 10), ("c6", 30)]


def test_requests_alone_keep_the_levels() -> None:
    spec = load_changed_spec("smoke", SpecChanges(requests=7, only="speed"))
    loads = spec.sweeps[0].loads
    assert [(load.label, load.requests) for load in loads] == [("c1", 7), ("c4", 7), ("c8", 7)]
    assert spec.accuracy == ()


def test_requests_alone_keep_the_kinds_of_load(tmp_path: Path) -> None:
    fields = {**yaml.safe_load(SMOKE.read_text()), "accuracy": []}
    fields["sweeps"][0]["load"] = [
        {"rate": 2, "requests": 90, "duration_s": 60},
        {"burst": 4},
        {"concurrency": 2, "requests": 9},
    ]
    file = tmp_path / "mixed.yaml"
    file.write_text(yaml.safe_dump(fields))
    loads = load_changed_spec(str(file), SpecChanges(requests=7)).sweeps[0].loads
    assert [(load.label, load.requests, load.duration_s) for load in loads] == [
        ("rate2", 7, 60),
        ("c4", 7, None),
        ("c2", 7, None),
    ]


def test_a_search_keeps_its_settings_until_levels_replace_it(tmp_path: Path) -> None:
    fields = {**yaml.safe_load(SMOKE.read_text()), "accuracy": []}
    fields["sweeps"][0]["load"] = {"until": "saturated", "concurrency": 1}
    file = tmp_path / "searching.yaml"
    file.write_text(yaml.safe_dump(fields))
    kept, other = load_changed_spec(str(file), SpecChanges(requests=7, repeats=2)).sweeps
    assert (kept.search, kept.repeats, other.repeats) == (load_spec(str(file)).sweeps[0].search, 1, 2)
    replaced = load_changed_spec(str(file), SpecChanges(concurrency=(2,), repeats=2)).sweeps[0]
    assert (replaced.search, replaced.repeats) == (None, 2)


@pytest.mark.parametrize("field", ["server", "sweeps", "accuracy"])
def test_a_file_with_a_wrong_shape_is_wrong_input_and_no_crash(field: str, tmp_path: Path) -> None:
    file = tmp_path / "wrong.yaml"
    file.write_text(yaml.safe_dump({**yaml.safe_load(SMOKE.read_text()), field: "text"}))
    everything = SpecChanges(model="m", concurrency=(1,), requests=1, reasoning_effort="low", repeats=2)
    with pytest.raises(InputError, match=field):
        load_changed_spec(str(file), everything)


def test_effort_repeats_and_model_are_applied() -> None:
    changes = SpecChanges(reasoning_effort="high", repeats=3, model="it's: a/model", only="accuracy")
    spec = load_changed_spec("gpt-oss-20b", changes)
    assert spec.server.model == "it's: a/model"
    assert spec.sweeps == ()
    assert [(entry.generation.reasoning_effort, entry.repeats) for entry in spec.accuracy] == [("high", 3)]


def test_overrides_come_last() -> None:
    spec = load_changed_spec("smoke", SpecChanges(repeats=3), ["sweeps.0.repeats=5"])
    assert [sweep.repeats for sweep in spec.sweeps] == [5, 3]


def test_a_half_that_is_not_there_is_wrong_input() -> None:
    with pytest.raises(InputError, match="nothing to measure"):
        load_changed_spec("endpoint", SpecChanges(only="accuracy"))


def test_a_run_is_named_by_the_model_and_spec_that_it_measures() -> None:
    changes = SpecChanges(model="org/other")
    assert names_of("smoke", SpecChanges(), ()) == (["gpt-oss-synthetic"], "smoke")
    assert names_of("smoke", changes, ["server.served_name=served"]) == (["served"], "smoke")
    assert names_of("/no/such/spec.yaml", changes, ()) == ([], "spec")

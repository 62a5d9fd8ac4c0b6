"""Errors of a spec: every one names the field, the problem and a remedy."""

from __future__ import annotations

import pytest

from tasks.config.requirements import A_LOAD
from tasks.config.spec_file import load_spec
from tasks.errors import InputError


@pytest.mark.parametrize(
    ("override", "what", "remedy"),
    [
        ("sweeps.0.lod=1", "sweeps.0.lod is not a field", "did you mean load?"),
        ("server.modle=x", "server.modle is not a field", "did you mean model?"),
        ("swep=1", "swep is not a field", "did you mean sweeps?"),
        ("track.swanlab.moda=x", "track.swanlab.moda is not a field", "did you mean mode?"),
        ("sweeps.0.load.0.reqests=3", "sweeps.0.load.0.reqests is not a field", "did you mean requests?"),
        ("sweeps.0.load.0.requests=0", "sweeps.0.load.0.requests is 0", "greater than or equal to 1"),
        ("sweeps.0.load.0={requests: 1}", "sweeps.0.load.0 is not a single kind", "`rate` (open loop)"),
        ("sweeps.0.load=[]", "sweeps.0.load is empty", "at least one entry"),
        ("sweeps.0.repeats=many", "sweeps.0.repeats is 'many'", "it must be a whole number"),
        ("sweeps.0.repeats=1.5", "sweeps.0.repeats is 1.5", "it must be a whole number"),
        ("sweeps.0.timeout_s=long", "sweeps.0.timeout_s is 'long'", "it must be a number"),
        ("sweeps.0.load=5", "sweeps.0.load is 5", "give a list of loads, as [{concurrency: 8"),
        (
            "sweeps.0.load=many",
            "sweeps.0.load is 'many'",
            "or a search, as {until: saturated, concurrency: 1}",
        ),
        ("sweeps.0.input_tokens=many", "sweeps.0.input_tokens is 'many'", "{uniform: [low, high]}"),
        ("sweeps.0.output_tokens=1.5", "sweeps.0.output_tokens is 1.5", "{lognormal: {mean, sd, max}}"),
        ("sweeps=3", "sweeps is 3", "it must be a list"),
        ("sweeps.0=3", "sweeps.0 is 3", "it must be a mapping"),
        ("track.swanlab=3", "track.swanlab is 3", "it must be a mapping"),
        ("track.mlflow.uri=h:5000", "track.mlflow.uri: h:5000 does not begin", "write it as http://h:5000"),
        (
            "accuracy.0.judge={url: h/v1, model: m}",
            "accuracy.0.judge.url: h/v1 does not begin with http:// or https://",
            "write it as http://h/v1",
        ),
        ("sweeps.0={load: [{burst: 1}]}", "sweeps.0.name is missing", "give sweeps.0.name a value"),
        ("server.kind=triton", "server.kind is 'triton'", "vllm, command, endpoint"),
        ("server={model: m}", "server.kind is missing", "vllm, command, endpoint"),
        ("accuracy.0.generation.reasoning_effort=max", "is 'max'", "'low', 'medium' or 'high'"),
        (
            "environment=null",
            "spec smoke: a server of kind vllm needs `environment`",
            "deployments/environments",
        ),
        (f"description=[{'x' * 99}]", "description is ['xxx", "it must be a text"),
    ],
)
def test_an_error_names_the_field_and_a_remedy(override: str, what: str, remedy: str) -> None:
    with pytest.raises(InputError) as caught:
        load_spec("smoke", [override])
    assert caught.value.what.startswith("spec smoke: ")
    assert what in caught.value.what
    assert remedy in caught.value.remedy
    assert len(str(caught.value).splitlines()) == 2
    assert len(caught.value.what) < 120
    assert caught.value.exit_code == 2


def test_further_errors_are_counted() -> None:
    with pytest.raises(InputError, match=r"\(1 more after this one\)"):
        load_spec("smoke", ["sweeps.0.repeats=0", "sweeps.1.repeats=0"])


@pytest.mark.parametrize("load", ["[{concurrency: 8, requests: 40}]", "{until: saturated, concurrency: 1}"])
def test_the_loads_that_a_remedy_shows_are_valid(load: str) -> None:
    assert load in A_LOAD
    load_spec("smoke", [f"sweeps.0.load={load}"])


@pytest.mark.parametrize("length", ["{uniform: [1, 2]}", "{lognormal: {mean: 8, sd: 4, max: 40}}"])
def test_the_forms_of_a_length_that_a_remedy_shows_are_valid(length: str) -> None:
    load_spec("smoke", [f"sweeps.0.input_tokens={length}"])

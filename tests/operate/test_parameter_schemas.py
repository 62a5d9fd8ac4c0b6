"""The closed schemas of the deployments: what Prefect's server refuses before a run exists."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from prefect.flows import Flow
from prefect.utilities.callables import parameter_schema
from prefect.utilities.schema_tools.validation import is_valid

from flows.benchmark import benchmark
from flows.compare import compare
from flows.concurrency import concurrency_test
from flows.matrix import matrix
from flows.run.flow_process import ENTRYPOINTS
from flows.watch_releases import watch_releases
from operate.parameter_schemas import closed_schema, defaults_of
from tasks.config.home import checkout
from tasks.config.permission_rules import PERMISSIONS

NEEDY = {
    "commands": ("server.kind=command", "server.kind= 'command'", "server={}", "server.command.0=touch"),
    "env": ("server.env.A=b", "server.env={A: b}"),
    "urls": ("server.url=http://x/v1", "track.swanlab.host=http://x"),
    "secrets": (
        "server.api_key_env=A",
        "server.headers.x=A",
        "blocks.endpoint=x",
        "track.swanlab.api_key_env=A",
        "track.mlflow.uri=http://x",
    ),
    "blocks": ("blocks.host=x", "blocks.results=x"),
}
PAIRS = [(permission, override) for permission, overrides in NEEDY.items() for override in overrides]


def accepts(parameters: dict[str, Any], *permissions: str, of: Flow[..., Any] = benchmark) -> bool:
    """Whether the server takes these parameters for a flow."""
    schema = closed_schema(parameter_schema(of).model_dump(), permissions)
    return bool(is_valid(parameters, schema))


@pytest.fixture(autouse=True)
def no_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """An operator without a folder of specs."""
    monkeypatch.delenv("SERVEGAUGE_SPECS", raising=False)


@pytest.mark.parametrize(("permission", "override"), PAIRS)
def test_an_override_needs_its_permission(permission: str, override: str) -> None:
    assert not accepts({"overrides": [override]}, *(PERMISSIONS.keys() - {permission}))
    assert accepts({"overrides": [override]}, permission)


@pytest.mark.parametrize("override", ["server.model=m", "server.kind=vllm", "sweeps.0.repeats=3", "gate={}"])
def test_other_overrides_stay(override: str) -> None:
    assert accepts({"overrides": [override]})
    assert not accepts({"overrides": [override, "server.command=[x]"]})


def test_a_spec_is_bundled_or_in_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = str(tmp_path.resolve() / "own.yaml")
    assert accepts({"spec": "smoke"})
    assert not accepts({"spec": file})
    assert accepts({"spec": file}, "paths")
    monkeypatch.setenv("SERVEGAUGE_SPECS", str(tmp_path))
    assert accepts({"spec": file})
    assert not accepts({"spec": "/elsewhere/own.yaml"})


def test_environments_of_a_matrix_are_bundled() -> None:
    assert accepts({"environments": ["vllm-cpu", "current"]}, of=matrix)
    assert not accepts({"environments": ["/bin/sh"]}, of=matrix)
    assert accepts({"environments": ["/bin/sh"]}, "environments", of=matrix)


AS_IN_THE_SPEC = {
    "model": "",
    "concurrency": [],
    "requests": 0,
    "reasoning_effort": "as in the spec",
    "repeats": 0,
    "overrides": [],
}


@pytest.mark.parametrize("field", AS_IN_THE_SPEC)
def test_null_and_the_forms_own_value_both_mean_as_in_the_spec(field: str) -> None:
    form = defaults_of(parameter_schema(benchmark).model_dump())
    assert form == AS_IN_THE_SPEC
    assert accepts({field: None})
    assert accepts({field: form[field]})
    assert benchmark.validate_parameters({field: None}) == benchmark.validate_parameters({})


@pytest.mark.parametrize(
    "wrong",
    [{"reasoning_effort": "highest"}, {"requests": -1}, {"concurrency": [0]}, {"model": " "}, {"only": None}],
)
def test_a_wrong_value_of_such_a_field_is_still_refused(wrong: dict[str, Any]) -> None:
    assert not accepts(wrong)


def test_every_field_of_every_form_is_one_ordinary_input() -> None:
    for flow in FLOWS.values():
        assert isinstance(flow, Flow)
        fields = closed_schema(parameter_schema(flow).model_dump(), ())["properties"]
        assert "null" not in str(fields).replace("nullable", "")
        assert {name for name, field in fields.items() if "type" not in field} <= {"spec"}


def test_a_comparison_without_a_bound_is_an_empty_number() -> None:
    assert accepts({"runs": ["a", "b"], "worse_than": None}, of=compare)
    assert accepts({"runs": ["a", "b"], "worse_than": 0}, of=compare)
    assert not accepts({"runs": ["a", "b"], "worse_than": -1}, of=compare)
    schema = closed_schema(parameter_schema(compare).model_dump(), ())
    assert schema["properties"]["worse_than"]["type"] == "number"


def test_unknown_parameters_are_refused_with_every_leave() -> None:
    assert not accepts({"another": 1}, *PERMISSIONS)


FLOWS: dict[str, Callable[..., Any]] = {
    "benchmark": benchmark,
    "concurrency-test": concurrency_test,
    "compare": compare,
    "matrix": matrix,
    "watch-releases": watch_releases,
}


def test_a_worker_knows_every_flow_of_the_deployments() -> None:
    text = (checkout() / "prefect.yaml").read_text()
    deployed = set(re.findall(r"entrypoint: (\S+)\.py:(\w+)", text))
    assert {(module.replace(".", "/"), name) for module, name in ENTRYPOINTS.values()} == deployed
    assert {name: flow.name for name, flow in FLOWS.items() if isinstance(flow, Flow)} == {
        name: name for name in ENTRYPOINTS
    }

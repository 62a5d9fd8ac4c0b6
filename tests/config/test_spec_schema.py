"""The JSON Schema: it accepts what the loader accepts, refuses what it refuses, and describes every field."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator  # type: ignore[import-untyped]

from tasks.config.home import checkout
from tasks.config.spec_file import SPECS, load_spec, spec_names
from tasks.config.spec_schema import EDITOR_LINE, SCHEMA_FILE, editor_line, schema_text, spec_schema

SCHEMA = spec_schema()
VALIDATOR = Draft7Validator(SCHEMA)


def fields(schema: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every property of every object in a schema, with its path."""
    if isinstance(schema, list):
        for entry in schema:
            yield from fields(entry, path)
    if isinstance(schema, dict):
        for name, value in schema.get("properties", {}).items():
            yield f"{path}/{name}", value
        for name, value in schema.items():
            yield from fields(value, f"{path}/{name}")


def test_the_committed_schema_is_that_of_the_spec() -> None:
    assert SCHEMA_FILE.read_text(encoding="utf-8") == schema_text(), "run `make docs`"
    Draft7Validator.check_schema(SCHEMA)


def test_every_field_is_described() -> None:
    described = dict(fields(SCHEMA))
    assert len(described) > 60
    assert [path for path, field in described.items() if not field.get("description")] == []


@pytest.mark.parametrize("name", spec_names())
def test_a_bundled_spec_names_the_schema_and_fits_it(name: str) -> None:
    file = SPECS / f"{name}.yaml"
    first_line = file.read_text(encoding="utf-8").splitlines()[0]
    assert first_line == editor_line(file)
    assert (file.parent / first_line.removeprefix(EDITOR_LINE)).resolve() == SCHEMA_FILE
    VALIDATOR.validate(yaml.safe_load(file.read_text(encoding="utf-8")))
    VALIDATOR.validate(load_spec(name).model_dump(mode="json"))


def test_a_spec_outside_the_checkout_names_the_schema_by_its_whole_path(tmp_path: Path) -> None:
    assert editor_line(tmp_path / "my.yaml") == f"{EDITOR_LINE}{SCHEMA_FILE}"
    assert editor_line(checkout() / "my.yaml") == f"{EDITOR_LINE}deployments/spec.schema.json"


@pytest.mark.parametrize(
    "changes",
    [
        {"load": [{"burst": 100}]},
        {"load": [{"rate": 2.5, "requests": 10, "arrival": "constant"}]},
        {"load": {"until": "saturated", "concurrency": 1, "max": 64}},
        {"objectives": ["ttft_p95_s <= 0.5", "success>=0.99"]},
        {"output_tokens": None, "clients": 4},
    ],
)
def test_every_form_that_the_loader_reads_fits(changes: dict[str, Any]) -> None:
    VALIDATOR.validate(changed(changes))
    load_spec("endpoint", [f"sweeps.0.{name}={json.dumps(value)}" for name, value in changes.items()])


@pytest.mark.parametrize(
    "changes",
    [
        {"lod": []},
        {"load": []},
        {"load": [{"concurrency": 0, "requests": 5}]},
        {"load": [{"concurrency": 1}]},
        {"load": [{"burst": 1, "requests": 5}]},
        {"objectives": ["ttft_p95_s >= 0.5"]},
        {"endpoint": "embeddings"},
    ],
)
def test_what_the_loader_refuses_does_not_fit(changes: dict[str, Any]) -> None:
    assert not VALIDATOR.is_valid(changed(changes))


def changed(changes: dict[str, Any]) -> dict[str, Any]:
    """The fields of the bundled spec `endpoint`, with changes to its first sweep."""
    spec: dict[str, Any] = yaml.safe_load((SPECS / "endpoint.yaml").read_text(encoding="utf-8"))
    spec["sweeps"][0] |= changes
    return spec

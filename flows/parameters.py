"""The parameters of the flows: what can be chosen without writing a spec, and the bounds of each."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, JsonValue

from tasks.config.base import Frozen
from tasks.config.permissions import check_changes, check_results_choice, check_spec_choice
from tasks.config.results_location import RESULTS as DEFAULT_RESULTS
from tasks.config.results_location import ResultsLocation, results_location
from tasks.config.spec import Spec
from tasks.config.spec_file import load_spec
from tasks.errors import ServegaugeError

# A literal, so that the run form has a drop-down; a test compares it with deployments/specs.
Bundled = Annotated[
    Literal[
        "smoke",
        "endpoint",
        "gpt-oss-20b",
        "gpt-oss-20b-seed",
        "chat-sharegpt-shape",
        "rag-shared-prefix",
        "agent-turns",
    ],
    Field(title="bundled"),
]
SpecFile = Annotated[str, Field(title="path", pattern=r"(/|\.ya?ml$)", max_length=1000)]
SpecChoice = Bundled | SpecFile
Only = Literal["everything", "speed", "accuracy"]

AS_IN_SPEC: Final = "as in the spec"
"""The choice of a drop-down that changes nothing. In other fields an empty text, 0 or an empty list does."""
NULLABLE: dict[str, JsonValue] = {"nullable": True}
"""Marks a field that takes null too, as its default: `operate.parameter_schemas` makes the server agree."""


def _null_is(default: object) -> BeforeValidator:
    return BeforeValidator(lambda value: default if value is None else value)


ModelChoice = Annotated[
    str, Field(max_length=500, pattern=r"^$|\S", json_schema_extra=NULLABLE), _null_is("")
]
Level = Annotated[int, Field(ge=1, le=10_000)]
Concurrency = Annotated[
    Sequence[Level],
    Field(max_length=20, json_schema_extra={**NULLABLE, "uniqueItems": True}),
    _null_is(()),
]
Requests = Annotated[int, Field(ge=0, le=1_000_000, json_schema_extra=NULLABLE), _null_is(0)]
Effort = Annotated[
    Literal["as in the spec", "low", "medium", "high"],
    Field(json_schema_extra=NULLABLE),
    _null_is(AS_IN_SPEC),
]
Repeats = Annotated[int, Field(ge=0, le=100, json_schema_extra=NULLABLE), _null_is(0)]
Override = Annotated[str, Field(pattern=r"^[A-Za-z_][\w-]*(\.[\w-]+)*=", max_length=10_000)]
Overrides = Annotated[Sequence[Override], Field(max_length=100, json_schema_extra=NULLABLE), _null_is(())]
Names = Annotated[
    Sequence[Annotated[str, Field(min_length=1, max_length=500)]],
    Field(max_length=50, json_schema_extra=NULLABLE),
    _null_is(()),
]
Results = Annotated[str, Field(pattern=r"^(s3://[^/].*|[^:]+:?|[^:]+:([^/]|/[^/]).*)$", max_length=1000)]
Resume = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]*$", max_length=200)]
RESULTS = DEFAULT_RESULTS
"""The default of `results`. Workers run flows in the checkout, so a relative path starts at the checkout."""
WAVES = 5
"""Requests for each concurrency slot if only the level is given."""
Fields = dict[str, Any]
"""An unchecked part of a spec, as it is in the spec's file."""


class SpecChanges(Frozen):
    """What the run form changes in a spec; a default keeps the spec's own value."""

    only: Only = "everything"
    model: str = ""
    concurrency: tuple[int, ...] = ()
    requests: int = 0
    reasoning_effort: str = AS_IN_SPEC
    repeats: int = 0

    def apply(self, spec: Fields) -> None:
        """Change the fields of a spec in place, before they are checked."""
        if self.model and isinstance(spec.get("server"), dict):
            spec["server"]["model"] = self.model
        if self.only == "speed":
            spec["accuracy"] = []
        if self.only == "accuracy":
            spec["sweeps"] = []
        for question_set in _entries(spec, "accuracy"):
            self._apply_to_question_set(question_set)
        for sweep in _entries(spec, "sweeps"):
            self._apply_to_sweep(sweep)

    def _apply_to_question_set(self, question_set: Fields) -> None:
        generation = question_set.get("generation") or {}
        if self.reasoning_effort != AS_IN_SPEC and isinstance(generation, dict):
            question_set["generation"] = {**generation, "reasoning_effort": self.reasoning_effort}
        if self.repeats:
            question_set["repeats"] = self.repeats

    def _apply_to_sweep(self, sweep: Fields) -> None:
        """Change one sweep. A search keeps its settings, unless concurrency levels replace it.

        A sweep that only a mix sends has no load to change.
        """
        if sweep.get("load") is None:
            return
        if self.concurrency:
            sweep["load"] = [
                {"concurrency": level, "requests": self.requests or WAVES * level}
                for level in self.concurrency
            ]
        elif self.requests:
            for load in _entries(sweep, "load"):
                _set_requests(load, self.requests)
        if self.repeats and isinstance(sweep.get("load"), list):
            sweep["repeats"] = self.repeats


def _entries(fields: Fields, name: str) -> list[Fields]:
    """Return the mappings in the list `fields[name]`. The spec's check later refuses any other value."""
    entries = fields.get(name)
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def _set_requests(load: Fields, requests: int) -> None:
    """Set the number of requests. A burst always has N slots and N requests, so it becomes a concurrency."""
    if load.get("burst") is not None:
        load["concurrency"] = load.pop("burst")
    load["requests"] = requests


def load_changed_spec(spec: str, changes: SpecChanges, overrides: Sequence[str] = ()) -> Spec:
    """Read a spec, apply the run form's changes, then the overrides.

    Raises:
        InputError: the spec does not exist, a change is invalid, or the operator does not allow a change in a
            run that a worker starts.
    """
    if not is_started_by_worker():
        return load_spec(spec, overrides, changes.apply)
    check_spec_choice(spec)
    changed = load_spec(spec, overrides, changes.apply)
    check_changes(load_spec(spec), changed)
    return changed


def chosen_results(address: str) -> ResultsLocation:
    """Return the results location at an address.

    Raises:
        InputError: the address is wrong, or the operator does not allow it in a run that a worker starts.
    """
    return check_results_choice(address) if is_started_by_worker() else results_location(address)


def is_started_by_worker() -> bool:
    """Whether a worker started this process for a run, whose parameters came over Prefect's API."""
    return "PREFECT__FLOW_RUN_ID" in os.environ


def names_of(spec: str, changes: SpecChanges, overrides: Sequence[str]) -> tuple[list[str], str]:
    """Return the model's name and the spec's name, to name a flow run. No model if the spec is invalid."""
    try:
        changed = load_changed_spec(spec, changes, overrides)
    except ServegaugeError:
        return [], Path(spec).stem
    return [changed.server.name], changed.name

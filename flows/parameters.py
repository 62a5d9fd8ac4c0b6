"""The run form: what can be chosen without writing a spec, in bounds that form and API enforce."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from tasks.config.base import Frozen
from tasks.config.spec import Spec
from tasks.config.spec_file import load_spec
from tasks.config.sweep import Sweep

# Written out, so that the form has a drop-down; a test compares it with deployments/specs.
Bundled = Annotated[Literal["smoke", "endpoint", "gpt-oss-20b", "gpt-oss-20b-seed"], Field(title="bundled")]
SpecFile = Annotated[str, Field(title="path", pattern=r"(/|\.ya?ml$)", max_length=1000)]
SpecChoice = Bundled | SpecFile
Only = Literal["everything", "speed", "accuracy"]
ModelChoice = Annotated[str, Field(min_length=1, max_length=500, pattern=r"\S")] | None
Level = Annotated[int, Field(ge=1, le=10_000)]
Concurrency = (
    Annotated[list[Level], Field(min_length=1, max_length=20, json_schema_extra={"uniqueItems": True})] | None
)
Requests = Annotated[int, Field(ge=1, le=1_000_000)] | None
Effort = Literal["low", "medium", "high"] | None
Repeats = Annotated[int, Field(ge=1, le=100)] | None
Override = Annotated[str, Field(pattern=r"^[A-Za-z_][\w-]*(\.[\w-]+)*=", max_length=10_000)]
Overrides = Annotated[list[Override], Field(max_length=100)] | None
Results = Annotated[str, Field(pattern=r"^(s3://[^/].*|[^:]+:?|[^:]+:([^/]|/[^/]).*)$", max_length=1000)]
RESULTS = os.environ.get("SERVEGAUGE_RESULTS", "results")
"""The default of the form; a relative folder lies in the checkout, where workers run the flows."""


class SpecChanges(Frozen):
    """What the form changes in a spec; None leaves the spec's own value."""

    only: Only = "everything"
    model: str | None = None
    concurrency: tuple[int, ...] | None = None
    requests: int | None = None
    reasoning_effort: str | None = None
    repeats: int | None = None


def spec_with_changes(spec: str, changes: SpecChanges, overrides: list[str] | None = None) -> Spec:
    """The spec with the form's changes, then the overrides.

    Raises:
        InputError: no such spec, or a change that it refuses.
    """
    base = load_spec(spec)
    return load_spec(spec, (*_assignments(base, changes), *(overrides or ())))


def _assignments(base: Spec, changes: SpecChanges) -> Iterator[str]:
    if changes.model is not None:
        yield f"server.model={_quoted(changes.model)}"
    if changes.only == "speed":
        yield "accuracy=[]"
    else:
        yield from _of_accuracy(base, changes)
    if changes.only == "accuracy":
        yield "sweeps=[]"
    else:
        yield from _of_sweeps(base, changes)


def _of_accuracy(base: Spec, changes: SpecChanges) -> Iterator[str]:
    for index in range(len(base.accuracy)):
        if changes.reasoning_effort is not None:
            yield f"accuracy.{index}.generation.reasoning_effort={changes.reasoning_effort}"
        if changes.repeats is not None:
            yield f"accuracy.{index}.repeats={changes.repeats}"


def _of_sweeps(base: Spec, changes: SpecChanges) -> Iterator[str]:
    for index, sweep in enumerate(base.sweeps):
        if loads := _loads(sweep, changes):
            yield f"sweeps.{index}.load={json.dumps(loads)}"
        if changes.repeats is not None and (sweep.loads or changes.concurrency):
            yield f"sweeps.{index}.repeats={changes.repeats}"


def _loads(sweep: Sweep, changes: SpecChanges) -> list[dict[str, Any]]:
    """Closed loops at new levels; else the sweep's own loads with another number of requests; or none."""
    requests = changes.requests
    if changes.concurrency is not None:
        return [{"concurrency": level, "requests": requests or 5 * level} for level in changes.concurrency]
    if requests is None:
        return []
    return [load.model_dump(exclude_none=True) | {"requests": requests} for load in sweep.loads]


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def run_title(spec: str, only: str, model: str | None) -> str:
    """What a run is called in Prefect's UI."""
    what = [] if only == "everything" else [only]
    return " ".join([Path(spec).stem, *what, *([model.rstrip("/").split("/")[-1]] if model else [])])

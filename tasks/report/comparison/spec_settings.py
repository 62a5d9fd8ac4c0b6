"""What the recorded specs of compared runs say of their sweeps and question sets, as settings to compare."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any

from tasks.record.results import RunRecord

SHOWN_ELSEWHERE = {"name", "load", "run_name", "path"}
"""Fields that are no setting of a comparison: names, loads (rows of the tables) and a folder's place."""

IN_MANIFEST = {"model", "revision", "args", "env"}
"""Fields of a server that the manifest has as they were in the run."""


def spec_settings(runs: Sequence[RunRecord]) -> list[dict[str, Any]]:
    """Return the settings of each run's sweeps and question sets, as `sweep chat: temperature`.

    A field within a field has both names: `sweep chat: abandon.share`. Fields without a value are left out,
    and so are sweeps and question sets that one of the runs does not have. If two sets have one name, because
    they are asked under two loads, the second is called `NAME #2`.
    A run without a recorded spec (imported, or of an early version) has no settings.
    """
    specs = [dict(_entries(json.loads(run.spec_json))) if run.spec_json else {} for run in runs]
    recorded = [set(spec) for spec in specs if spec]
    shared = set.intersection(*recorded) if recorded else set()
    settings: list[dict[str, Any]] = []
    for spec in specs:
        found: dict[str, Any] = {}
        for entry in spec:
            if entry in shared:
                found |= {f"{entry}: {name}": value for name, value in _fields(spec[entry])}
        settings.append(found)
    return settings


def _entries(spec: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each sweep and question set of a spec with its name."""
    yield "server", {name: of for name, of in spec.get("server", {}).items() if name not in IN_MANIFEST}
    for sweep in spec.get("sweeps", ()):
        yield f"sweep {sweep['name']}", sweep | _search_of(sweep)
    seen = Counter[str]()
    for questions in spec.get("accuracy", ()):
        name = _set_name(questions)
        seen[name] += 1
        yield f"questions {name}{f' #{seen[name]}' if seen[name] > 1 else ''}", questions


def _search_of(sweep: Mapping[str, Any]) -> dict[str, Any]:
    """Return a sweep's search for saturation as a field. A list of loads is none."""
    load = sweep.get("load")
    return {"search": load} if isinstance(load, dict) else {}


def _set_name(questions: Mapping[str, Any]) -> str:
    name = questions.get("name") or PurePath(questions.get("path") or questions["dataset"]).name
    return f"{name} under load" if questions.get("under_load") else name


def _fields(fields: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in fields.items():
        if not prefix and name in SHOWN_ELSEWHERE:
            continue
        if isinstance(value, dict):
            yield from _fields(value, f"{prefix}{name}.")
        elif value not in (None, "", []):
            yield f"{prefix}{name}", value

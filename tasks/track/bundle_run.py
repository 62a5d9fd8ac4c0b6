"""Builds what a tracker is given from a recorded run; pure."""

from __future__ import annotations

import json

from tasks.config.load import Load
from tasks.config.spec import Spec
from tasks.record.results import RecordedPoint, RunRecord
from tasks.track.bundle import ConfigValue


def experiment_name(run: RunRecord, points: tuple[RecordedPoint, ...]) -> str:
    """A run of one point is called as that point; any other by its id."""
    return points[0].result.run_name if len(points) == 1 else run.run_id


def flat_config(spec: Spec, run: RunRecord) -> tuple[tuple[str, ConfigValue], ...]:
    """The manifest and the spec's loads, one level deep."""
    manifest = run.manifest.model_dump(mode="json")
    flat: dict[str, ConfigValue] = {
        "spec": run.spec,
        "spec_digest": run.spec_digest,
        **{name: value if _plain(value) else json.dumps(value) for name, value in manifest.items()},
    }
    for sweep in spec.sweeps:
        listed = " ".join(_load(load) for load in sweep.loads)
        flat[f"{sweep.name}_load"] = str(sweep.search) if sweep.search else listed
    return tuple(flat.items())


def _plain(value: object) -> bool:
    return value is None or isinstance(value, str | int | float | bool)


def _load(load: Load) -> str:
    return f"{load.concurrency or load.label}x{load.requests}"

"""The data of a run that trackers log, and the outcome that a tracker returns."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Self

from tasks.audit.doubt import doubt_note
from tasks.config.base import Frozen
from tasks.config.load import Load
from tasks.config.spec import Spec
from tasks.errors import TrackError
from tasks.measure.accuracy.scores import Score
from tasks.plan.search import Knee
from tasks.record.results import RecordedAccuracy, RecordedPoint, RunRecord
from tasks.track.experiment_name import experiment_name

ConfigValue = str | int | float | bool | None


class TrackedRun(Frozen):
    """The data of a finished run that trackers log. `config` holds settings by name, without nesting."""

    run_id: str
    name: str
    description: str = ""
    started_at: datetime | None = None
    finished_at: datetime | None = None
    config: tuple[tuple[str, ConfigValue], ...] = ()
    points: tuple[RecordedPoint, ...] = ()
    knees: tuple[Knee, ...] = ()
    scores: tuple[Score, ...] = ()


class TrackOutcome(Frozen):
    """How one tracker's work on one run ended.

    `tracker`: the tracker's name, set by `track_run`.
    `warning`: why the run, or a part of it, is not tracked; None if all of it is.
    `logged`: number of figures passed to the tracker. `kept`: how many of them its files contain.
    `folder`: where the experiment's files are. `url`: the page of an uploaded experiment.
    `earlier`: the run was tracked there before, and this is how that ended.
    """

    tracker: str = ""
    warning: str | None = None
    logged: int = 0
    kept: int = 0
    folder: Path | None = None
    experiment_id: str | None = None
    url: str | None = None
    earlier: bool = False

    @classmethod
    def from_error(cls, error: Exception) -> Self:
        """Return the outcome of a tracker that raised `error`: a warning of one line."""
        if isinstance(error, TrackError):
            return cls(warning=f"{error.what}: {error.remedy}")
        lines = str(error).splitlines()
        return cls(warning=f"{type(error).__name__}: {lines[0] if lines else 'no message'}")


def tracked_run(
    spec: Spec,
    run: RunRecord,
    points: tuple[RecordedPoint, ...],
    knees: tuple[Knee, ...],
    accuracy: tuple[RecordedAccuracy, ...],
) -> TrackedRun:
    """Build a run's tracker data from its spec and its recorded results."""
    return TrackedRun(
        run_id=run.run_id,
        name=experiment_name(spec.track.swanlab.name, run, points),
        description=_description(spec, run, points),
        started_at=run.started_at,
        finished_at=run.finished_at,
        config=flat_config(spec, run),
        points=points,
        knees=knees,
        scores=tuple(score for recorded in accuracy for score in recorded.scores),
    )


def _description(spec: Spec, run: RunRecord, points: tuple[RecordedPoint, ...]) -> str:
    """Return the run's id, how many points are suspect or invalid, and the spec's description."""
    doubt = doubt_note([point.verdict for point in points])
    return "\n".join(filter(None, (f"run {run.run_id}", doubt, spec.description)))


def flat_config(spec: Spec, run: RunRecord) -> tuple[tuple[str, ConfigValue], ...]:
    """Return the run's spec, manifest and loads as pairs of name and value; nested values as JSON."""
    config: dict[str, ConfigValue] = {"spec": run.spec, "spec_digest": run.spec_digest}
    for name, value in run.manifest.model_dump(mode="json").items():
        is_plain = value is None or isinstance(value, str | int | float | bool)
        config[name] = value if is_plain else json.dumps(value)
    for sweep in spec.sweeps:
        if sweep.load is None:  # only a mix sends it
            continue
        loads = " ".join(_load_text(load) for load in sweep.loads)
        config[f"{sweep.name}_load"] = str(sweep.search) if sweep.search else loads
    return tuple(config.items())


def _load_text(load: Load) -> str:
    return f"{load.slots or load.label}x{load.requests}"

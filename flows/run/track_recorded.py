"""Shows a recorded run in the trackers of its spec."""

from __future__ import annotations

import os

from pydantic import ValidationError

from tasks.config.spec import Spec
from tasks.config.trackers import MLflow
from tasks.errors import InputError
from tasks.record.bucket_sync import upload
from tasks.record.named_run import find_run
from tasks.record.read_run import recorded_accuracy, recorded_knees, recorded_points, recorded_run
from tasks.record.recorded_spec import spec_again
from tasks.record.store import Store
from tasks.track.tracked_run import TrackOutcome, tracked_run
from tasks.track.tracker import track_run


def track_recorded(
    store: Store, name: str, mode: str | None, mlflow: str | None = None
) -> tuple[TrackOutcome, ...]:
    """Call every tracker that does not have the run yet, and return how each ended.

    Args:
        store: the tables.
        name: the run, as `find_run` takes it.
        mode: SwanLab's mode; None takes that of the run's spec.
        mlflow: the address of an MLflow server; None takes that of the run's spec.

    Raises:
        InputError: there is no such run, it was recorded without its spec, or its spec enables no tracker.
        RecordError: a table cannot be read.
    """
    run = recorded_run(store, find_run(store, name))
    spec = _with_trackers(spec_again(run, os.environ).spec, mode, mlflow)
    folder, kept = store.location.folder, store.location.run_folder(run.run_id)
    shown = tracked_run(
        spec, run, recorded_points(store, run), recorded_knees(store, run), recorded_accuracy(store, run)
    )
    outcomes = track_run(spec.track, shown, folder, kept)
    if not outcomes:
        raise InputError(
            f"the spec of {run.run_id} enables no tracker",
            "give --mode offline, local or online, or --mlflow URI",
        )
    upload(store.location, f"files/{run.run_id}")
    return outcomes


def _with_trackers(spec: Spec, mode: str | None, mlflow: str | None) -> Spec:
    """Return the spec with other settings of its trackers. Raises InputError for an address that is none."""
    track = spec.track
    if mode is not None:
        track = track.model_copy(update={"swanlab": track.swanlab.model_copy(update={"mode": mode})})
    if mlflow is not None:
        try:
            settings = MLflow(**{**track.mlflow.model_dump(), "uri": mlflow})
        except ValidationError as error:
            raise InputError(
                f"--mlflow {mlflow}: {error.errors()[0]['msg']}", "give an address such as http://host:5000"
            ) from None
        track = track.model_copy(update={"mlflow": settings})
    return spec.model_copy(update={"track": track})

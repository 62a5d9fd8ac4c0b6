"""Finds the run that another one goes on with, by the user's word that it is still the same server."""

from __future__ import annotations

from tasks.errors import InputError
from tasks.record.named_run import LAST, find_run
from tasks.record.read_run import recorded_run
from tasks.record.store import Store


def resumed_run(store: Store, resume: str, spec: str, model: str) -> str:
    """Return the id of the run whose figures and answers count as those of the same server.

    Args:
        store: the tables.
        resume: a run as `find_run` takes it; `last`: the newest run of the same spec.
        spec: the name of the spec that goes on.
        model: the model that it measures.

    Returns:
        The run itself, or the first one of the chain if it went on with another run itself.

    Raises:
        InputError: there is no such run, or it measured another model.
        RecordError: the table of runs cannot be read.
    """
    name = _newest_of(store, spec) if resume == LAST else find_run(store, resume)
    run = recorded_run(store, name)
    if run.manifest.model != model:
        raise InputError(
            f"run {name} measured {run.manifest.model}, not {model}", "name a run of the same model"
        )
    return run.resumes or run.run_id


def _newest_of(store: Store, spec: str) -> str:
    runs = store.read("runs", query=lambda rows: rows.filter(spec=spec).select("run_id", "started_at"))
    if not runs.is_empty():
        return str(runs.sort("started_at", "run_id", descending=True)["run_id"][0])
    raise InputError(
        f"no run of the spec {spec} is recorded in {store.location}",
        "leave out --resume, or choose another results location with --results",
    )

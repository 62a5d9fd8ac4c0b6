"""Finds the recorded runs that a run is compared with: of the same spec and model, on the same hardware."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from tasks.record.results import Manifest, RunRecord
from tasks.record.store import Store

if TYPE_CHECKING:
    from tasks.plan.subject import Hardware  # its HTTP client takes long to import


def completed_runs(store: Store, spec: str, model: str, machine: Hardware | Manifest) -> pl.DataFrame:
    """Return the rows of the completed runs of a spec and a model on the same hardware, newest first.

    Without GPUs the model runs on the processors, so their number counts too: machines of one model have many
    sizes.

    Raises:
        RecordError: the table of runs cannot be read.
    """
    same = (
        (pl.col("spec") == spec)
        & (pl.col("outcome") == "completed")
        & (pl.col("model") == model)
        & pl.col("cpu").eq_missing(machine.cpu)
    )
    if not machine.gpu_names:
        same &= pl.col("cpu_count").eq_missing(machine.cpu_count)
    runs = store.read("runs", query=lambda rows: rows.filter(same)).sort("started_at", descending=True)
    same_gpus = [tuple(names or ()) == machine.gpu_names for names in runs["gpu_names"].to_list()]
    return runs.filter(pl.Series(same_gpus, dtype=pl.Boolean))


def previous_run(store: Store, run: RunRecord) -> str | None:
    """Return the id of the newest other completed run of the same spec, model and hardware, or None.

    Raises:
        RecordError: the table of runs cannot be read.
    """
    runs = completed_runs(store, run.spec, run.manifest.model, run.manifest)
    return next((str(run_id) for run_id in runs["run_id"] if run_id != run.run_id), None)

"""Finds the recorded run that a new run is compared with."""

from __future__ import annotations

import polars as pl

from tasks.record.results import RunRecord
from tasks.record.store import Store


def previous_run(store: Store, run: RunRecord) -> str | None:
    """Return the id of the newest other completed run of the same spec, model and hardware, or None.

    Raises:
        RecordError: the table of runs cannot be read.
    """
    manifest = run.manifest
    same = (
        (pl.col("spec") == run.spec)
        & (pl.col("outcome") == "completed")
        & (pl.col("run_id") != run.run_id)
        & (pl.col("model") == manifest.model)
        & pl.col("cpu").eq_missing(manifest.cpu)
    )
    if not manifest.gpu_names:  # the model runs on the processors: machines of one model have many sizes
        same &= pl.col("cpu_count").eq_missing(manifest.cpu_count)
    runs = store.read("runs", query=lambda rows: rows.filter(same)).sort("started_at", descending=True)
    for row in runs.iter_rows(named=True):
        if tuple(row["gpu_names"] or ()) == manifest.gpu_names:
            return str(row["run_id"])
    return None

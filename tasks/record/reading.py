"""Reads a recorded run back from the tables."""

from __future__ import annotations

import difflib

import polars as pl
import pyarrow.parquet as pq

from tasks.errors import InputError
from tasks.record import rows
from tasks.record.recording import MEASURED_BY
from tasks.record.results import RecordedAccuracy, RecordedPoint, RunRecord
from tasks.record.store import Store

_PLACE = ("run_id", "sweep", "concurrency", "repeat")


def recorded_run(store: Store, run_id: str) -> RunRecord:
    """The run of that id.

    Raises:
        InputError: no such run; the nearest ids are named.
        RecordError: a table cannot be read.
    """
    found = store.read("runs", run_id)
    if found.is_empty():
        known = store.run_ids()
        near = [run for run in known if run in difflib.get_close_matches(run_id, known, n=5, cutoff=0.5)]
        shown = ", ".join(near or known[:5])
        raise InputError(
            f"no run {run_id!r} is recorded in {store.root}",
            f"the nearest, newest first: {shown}"
            if shown
            else "nothing is recorded there; see --results DIR",
        )
    return rows.run_of(found.row(0, named=True))


def recorded_points(store: Store, run: RunRecord) -> tuple[RecordedPoint, ...]:
    """The load points of a run, by sweep and load. Raises RecordError.

    `first_error` comes from the requests of the run that measured the point; `run_name` has no column and
    is made anew in its default form.
    """
    order = ["sweep", "concurrency", "rate", "requests", "repeat"]
    found = store.read("points", run.run_id).sort(order).to_dicts()
    measured = [rows.point_of(row, run_name=_run_name(run, row), first_error=None) for row in found]
    errors = _first_errors(store, {point.run_id for point in measured if point.result.failed})
    return tuple(_with_error(point, errors) for point in measured)


def recorded_accuracy(store: Store, run: RunRecord) -> tuple[RecordedAccuracy, ...]:
    """The scores of a run, one entry a question set. Raises RecordError."""
    sets = []
    for dataset, scores in store.read("scores", run.run_id).group_by("dataset", maintain_order=True):
        found = tuple(rows.score_of(row) for row in scores.to_dicts())
        sets.append(RecordedAccuracy(scores=found, run_id=_measured_by(store, run.run_id, str(dataset[0]))))
    return tuple(sets)


def _measured_by(store: Store, run_id: str, dataset: str) -> str:
    path = store.path("scores", run_id, dataset)
    notes = pq.read_schema(path).metadata or {}
    return str(notes.get(MEASURED_BY.encode(), run_id.encode()), "utf-8")


def _run_name(run: RunRecord, row: rows.Row) -> str:
    return f"{run.manifest.model}-{row['sweep']}-c{row['concurrency']}"


def _first_errors(store: Store, run_ids: set[str]) -> dict[tuple[object, ...], str]:
    found: dict[tuple[object, ...], str] = {}
    for run_id in run_ids:
        failed = store.read("requests", run_id).filter(pl.col("error").is_not_null() & ~pl.col("warmup"))
        for row in failed.sort("index", descending=True).iter_rows(named=True):
            found[tuple(row[name] for name in _PLACE)] = row["error"]
    return found


def _with_error(point: RecordedPoint, errors: dict[tuple[object, ...], str]) -> RecordedPoint:
    result = point.result
    error = errors.get((point.run_id, result.sweep, result.concurrency, result.repeat))
    return point.model_copy(update={"result": result.model_copy(update={"first_error": error})})

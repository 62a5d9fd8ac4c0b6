"""Reads a recorded run back from the tables."""

from __future__ import annotations

import difflib

import polars as pl

from tasks.audit.verdict import Check
from tasks.errors import InputError, RecordError
from tasks.measure.results import RequestRow
from tasks.plan.search import Knee
from tasks.record import rows
from tasks.record.results import RecordedAccuracy, RecordedPoint, RunRecord
from tasks.record.store import Store
from tasks.record.write_run import MEASURED_BY, stage_of

Place = tuple[object, ...]
_PLACE = ("run_id", "sweep", "concurrency", "rate", "repeat")


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
            f"no run {run_id!r} is recorded in {store.place}",
            f"the nearest, newest first: {shown}"
            if shown
            else "nothing is recorded there; see --results DIR",
        )
    return rows.run_of(found.row(0, named=True))


def recorded_points(store: Store, run: RunRecord) -> tuple[RecordedPoint, ...]:
    """The load points of a run: sweeps in the spec's order, then by load. Raises RecordError.

    `first_error` comes from the requests of the run that measured the point.
    """
    order = ["sweep", "concurrency", "rate", "requests", "repeat"]
    found = store.read("points", run.run_id).sort(order).to_dicts()
    found.sort(key=lambda row: _place_in(run.sweeps, row["sweep"]))
    measured = [rows.point_of(row | {"run_name": _run_name(run, row)}, first_error=None) for row in found]
    errors = _first_errors(store, {point.run_id for point in measured if point.result.failed})
    checks = _checks(store, run.run_id)
    return tuple(_with_checks(_with_error(point, errors), checks) for point in measured)


def recorded_requests(store: Store, point: RecordedPoint) -> tuple[RequestRow, ...]:
    """The requests of a point, from the run that measured it; none where they are there no longer."""
    try:
        found = store.read_stage("requests", point.run_id, stage_of(point.result))
    except RecordError:
        return ()
    return tuple(rows.request_of(row) for row in found.iter_rows(named=True))


def recorded_knees(store: Store, run: RunRecord) -> tuple[Knee, ...]:
    """The answers of a run's searches, in the spec's order. Raises RecordError."""
    found = store.read("knees", run.run_id).to_dicts()
    found.sort(key=lambda row: _place_in(run.sweeps, row["sweep"]))
    return tuple(rows.knee_of(row) for row in found)


def recorded_accuracy(store: Store, run: RunRecord) -> tuple[RecordedAccuracy, ...]:
    """The scores of a run, one entry a question set. Raises RecordError."""
    sets = []
    for dataset, scores in store.read("scores", run.run_id).group_by("dataset", maintain_order=True):
        found = tuple(rows.score_of(row) for row in scores.to_dicts())
        sets.append(RecordedAccuracy(scores=found, run_id=_measured_by(store, run.run_id, str(dataset[0]))))
    return tuple(sets)


def _measured_by(store: Store, run_id: str, dataset: str) -> str:
    return store.notes("scores", run_id, dataset).get(MEASURED_BY, run_id)


def _place_in(sweeps: tuple[str, ...], sweep: str) -> int:
    return sweeps.index(sweep) if sweep in sweeps else len(sweeps)


def _run_name(run: RunRecord, row: rows.Row) -> str:
    """As recorded; in its default form where an earlier version did not record it."""
    load = f"c{row['concurrency']}" if row["rate"] is None else f"rate{row['rate']:g}"
    return str(row["run_name"] or f"{run.manifest.model}-{row['sweep']}-{load}")


def _first_errors(store: Store, run_ids: set[str]) -> dict[Place, str]:
    found: dict[Place, str] = {}
    for run_id in run_ids:
        failed = store.read("requests", run_id).filter(pl.col("error").is_not_null() & ~pl.col("warmup"))
        for row in failed.sort("index", descending=True).iter_rows(named=True):
            found[tuple(row[name] for name in _PLACE)] = row["error"]
    return found


def _checks(store: Store, run_id: str) -> dict[Place, list[Check]]:
    found: dict[Place, list[Check]] = {}
    for row in store.read("checks", run_id).iter_rows(named=True):
        found.setdefault(tuple(row[name] for name in rows.PLACE), []).append(rows.check_of(row))
    return found


def _with_checks(point: RecordedPoint, checks: dict[Place, list[Check]]) -> RecordedPoint:
    place = tuple(getattr(point.result, name) for name in rows.PLACE)
    verdict = point.verdict.model_copy(update={"checks": tuple(checks.get(place, ()))})
    return point.model_copy(update={"verdict": verdict})


def _with_error(point: RecordedPoint, errors: dict[Place, str]) -> RecordedPoint:
    result = point.result
    error = errors.get((point.run_id, result.sweep, result.concurrency, result.rate, result.repeat))
    return point.model_copy(update={"result": result.model_copy(update={"first_error": error})})

"""Reads a recorded run back from the tables."""

from __future__ import annotations

import difflib

import polars as pl

from tasks.audit.verdict import Check
from tasks.errors import InputError, RecordError
from tasks.measure.speed.request_row import RequestRow
from tasks.plan.search import Knee
from tasks.record import rows
from tasks.record.older_rows import label_of, older_stage_name
from tasks.record.results import RecordedAccuracy, RecordedPoint, RunRecord
from tasks.record.store import Store
from tasks.record.write_run import stage_of

PointKey = tuple[object, ...]
"""What tells a point from others: of a run, or of a table."""
MEASURED_BY_NOTE = "measured_by"


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
    found = store.read("points", run.run_id).to_dicts()
    points = [rows.point_of(row, run_name=_run_name(run, row), first_error=None) for row in found]
    points.sort(key=lambda point: _order(run, point))
    errors = _first_errors(store, {point.run_id for point in points if point.result.failed})
    checks = _checks(store, run.run_id)
    return tuple(_with_checks(_with_error(point, errors), checks) for point in points)


def recorded_requests(store: Store, point: RecordedPoint) -> tuple[RequestRow, ...]:
    """The requests of a point, from the run that measured it; none where that file no longer exists."""
    stage = stage_of(point.result)
    for name in dict.fromkeys((stage, older_stage_name(stage, point.result.load))):
        try:
            found = store.read_stage("requests", point.run_id, name)
        except RecordError:
            continue
        return tuple(rows.request_of(row) for row in found.iter_rows(named=True))
    return ()


def recorded_knees(store: Store, run: RunRecord) -> tuple[Knee, ...]:
    """The answers of a run's searches, in the spec's order. Raises RecordError."""
    knees = [rows.knee_of(row) for row in store.read("knees", run.run_id).to_dicts()]
    return tuple(sorted(knees, key=lambda knee: _position(run.sweeps, knee.sweep)))


def recorded_accuracy(store: Store, run: RunRecord) -> tuple[RecordedAccuracy, ...]:
    """The scores of a run, one entry a question set. Raises RecordError."""
    sets = []
    for dataset, scores in store.read("scores", run.run_id).group_by("dataset", maintain_order=True):
        found = scores.to_dicts()
        measured_by = found[0]["measured_by"] or _noted_origin(store, run.run_id, str(dataset[0]))
        of_set = tuple(rows.score_of(row) for row in found)
        sets.append(RecordedAccuracy(scores=of_set, run_id=measured_by))
    return tuple(sets)


def _noted_origin(store: Store, run_id: str, dataset: str) -> str:
    """Version 0.1.0 noted the run that measured a set beside the rows of its file."""
    return store.notes("scores", run_id, dataset).get(MEASURED_BY_NOTE, run_id)


def _order(run: RunRecord, point: RecordedPoint) -> tuple[object, ...]:
    result = point.result
    return (_position(run.sweeps, result.sweep), result.sweep, result.load.sort_key, result.repeat)


def _position(sweeps: tuple[str, ...], sweep: str) -> int:
    return sweeps.index(sweep) if sweep in sweeps else len(sweeps)


def _run_name(run: RunRecord, row: rows.Row) -> str:
    """As recorded; in its default form where an earlier version did not record it."""
    return str(row["run_name"] or f"{run.manifest.model}-{row['sweep']}-{label_of(row)}")


def _first_errors(store: Store, run_ids: set[str]) -> dict[PointKey, str]:
    """The error of the first failed request of each point that these runs have measured."""
    errors: dict[PointKey, str] = {}
    for run_id in run_ids:
        failed = store.read("requests", run_id).filter(pl.col("error").is_not_null() & ~pl.col("warmup"))
        for row in failed.sort("index", descending=True).iter_rows(named=True):
            errors[run_id, row["sweep"], label_of(row), row["repeat"]] = row["error"]
    return errors


def _checks(store: Store, run_id: str) -> dict[PointKey, list[Check]]:
    checks: dict[PointKey, list[Check]] = {}
    for row in store.read("checks", run_id).iter_rows(named=True):
        key = (row["sweep"], label_of(row), row["requests"], row["repeat"])
        checks.setdefault(key, []).append(rows.check_of(row))
    return checks


def _with_checks(point: RecordedPoint, checks: dict[PointKey, list[Check]]) -> RecordedPoint:
    result = point.result
    key = (result.sweep, result.load.label, result.requests, result.repeat)
    verdict = point.verdict.model_copy(update={"checks": tuple(checks.get(key, ()))})
    return point.model_copy(update={"verdict": verdict})


def _with_error(point: RecordedPoint, errors: dict[PointKey, str]) -> RecordedPoint:
    result = point.result
    error = errors.get((point.run_id, result.sweep, result.load.label, result.repeat))
    return point.model_copy(update={"result": result.model_copy(update={"first_error": error})})

"""Reads a recorded run back from the tables."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

import polars as pl

from tasks.audit.verdict import Check
from tasks.errors import InputError, RecordError
from tasks.measure.speed.request_row import RequestRow
from tasks.plan.search import Knee
from tasks.record import rows
from tasks.record.older_rows import label_of, older_stage_name, origin_of, with_notes, without_copy
from tasks.record.results import RecordedAccuracy, RecordedPoint, RunRecord
from tasks.record.store import Store
from tasks.record.write_run import stage_of

MEASURED_BY_NOTE = "measured_by"
NEAREST_RUNS = 5
"""The number of run ids that the error for an unknown run names."""

CheckKey = tuple[str, str, int, int]
"""Sweep, label of the load, requests and repeat: identify a point among the checks of one run."""
ErrorKey = tuple[str, str, str, int]
"""Run, sweep, label of the load and repeat: identify a point among the requests of several runs."""


def recorded_run(store: Store, run_id: str) -> RunRecord:
    """Return the run with an id.

    Raises:
        InputError: there is no such run; the message names the most similar ids.
        RecordError: a table cannot be read.
    """
    runs = store.read("runs", run_id)
    if runs.is_empty():
        raise InputError(
            f"no run {run_id!r} is recorded in {store.location}", nearest_runs(run_id, store.run_ids())
        )
    return rows.run_of(runs.row(0, named=True))


def recorded_points(store: Store, run: RunRecord) -> tuple[RecordedPoint, ...]:
    """Return the load points of a run: sweeps in the order of the spec, then by load and repeat.

    `first_error` comes from the requests of the run that measured the point.

    Raises:
        RecordError: a table cannot be read.
    """
    point_rows = store.read("points", run.run_id).iter_rows(named=True)
    points = [rows.point_of(row, run.manifest.model) for row in point_rows]
    points.sort(key=lambda point: _order(run, point))
    errors, checks = _first_errors(store, points), _checks(store, run.run_id)
    return tuple(_with_checks(_with_first_error(point, errors), checks) for point in points)


def recorded_requests(store: Store, point: RecordedPoint) -> tuple[RequestRow, ...]:
    """Return the requests of a point from the run that measured it; none if their file no longer exists."""
    stage = stage_of(point.result)
    for stage_name in (stage, older_stage_name(stage, point.result.load)):
        try:
            requests = store.read_stage("requests", point.run_id, stage_name)
        except RecordError:
            continue
        return tuple(rows.request_of(row) for row in requests.iter_rows(named=True))
    return ()


def recorded_knees(store: Store, run: RunRecord) -> tuple[Knee, ...]:
    """Return the results of a run's searches in the order of the spec. Raises RecordError."""
    knees = [rows.knee_of(row) for row in store.read("knees", run.run_id).iter_rows(named=True)]
    return tuple(sorted(knees, key=lambda knee: _sweep_position(run, knee.sweep)))


def recorded_accuracy(store: Store, run: RunRecord) -> tuple[RecordedAccuracy, ...]:
    """Return the scores of a run, one entry a question set. Raises RecordError."""
    question_sets = []
    for (dataset,), group in store.read("scores", run.run_id).group_by("dataset", maintain_order=True):
        score_rows = group.to_dicts()
        measured_by = score_rows[0]["measured_by"] or _noted_origin(store, run.run_id, str(dataset))
        scores = tuple(rows.score_of(row) for row in score_rows)
        question_sets.append(RecordedAccuracy(scores=without_copy(scores), run_id=measured_by))
    return tuple(question_sets)


def nearest_runs(run_id: str, recorded_ids: Sequence[str]) -> str:
    """Return the remedy for an unknown run: ids that contain the text, else similar ones, else the newest."""
    if not recorded_ids:
        return "nothing is recorded there; choose another results location with --results"
    holding = [recorded_id for recorded_id in recorded_ids if run_id and run_id in recorded_id]
    if holding:
        return f"those that contain it, newest first: {some_runs(holding)}"
    similar = difflib.get_close_matches(run_id, recorded_ids, n=NEAREST_RUNS, cutoff=0.5)
    newest_first = [recorded_id for recorded_id in recorded_ids if recorded_id in similar]
    if newest_first:
        return f"the nearest, newest first: {', '.join(newest_first)}"
    return f"the newest are: {some_runs(recorded_ids)}"


def some_runs(ids: Sequence[str]) -> str:
    """Return the first few ids, and how many there are besides."""
    more = "" if len(ids) <= NEAREST_RUNS else f" and {len(ids) - NEAREST_RUNS} more"
    return ", ".join(ids[:NEAREST_RUNS]) + more


def origins(store: Store) -> dict[str, set[str]]:
    """Return, for each run, the runs that measured what it reused, and the one that it goes on with.

    Raises:
        RecordError: a table cannot be read.
    """
    used: dict[str, set[str]] = {}
    points = store.read("points", query=lambda rows: rows.select("run_id", "measured_by", "reasons"))
    for row in points.unique().iter_rows(named=True):
        used.setdefault(row["run_id"], set()).add(origin_of(row)[0])
    scores = store.read("scores", query=lambda rows: rows.select("run_id", "dataset", "measured_by"))
    for row in scores.unique().iter_rows(named=True):
        origin = row["measured_by"] or _noted_origin(store, row["run_id"], row["dataset"])
        used.setdefault(row["run_id"], set()).add(origin)
    resumed = store.read("runs", query=lambda rows: rows.filter(pl.col("resumes").is_not_null()))
    for run_id, resumes in resumed.select("run_id", "resumes").iter_rows():
        used.setdefault(run_id, set()).add(resumes)
    return used


def _noted_origin(store: Store, run_id: str, dataset: str) -> str:
    """Return the id of the run that measured a question set: version 0.1.0 kept it in the file's metadata."""
    return store.notes("scores", run_id, dataset).get(MEASURED_BY_NOTE, run_id)


def _order(run: RunRecord, point: RecordedPoint) -> tuple[object, ...]:
    result = point.result
    return (_sweep_position(run, result.sweep), result.sweep, result.load.sort_key, result.repeat)


def _sweep_position(run: RunRecord, sweep: str) -> int:
    """Return a sweep's position in the spec; unrecorded sweeps of earlier versions come last."""
    return run.sweeps.index(sweep) if sweep in run.sweeps else len(run.sweeps)


def _first_errors(store: Store, points: Sequence[RecordedPoint]) -> dict[ErrorKey, str]:
    """Return the error of the first failed request of each point, from the runs that measured the points."""
    errors: dict[ErrorKey, str] = {}
    for run_id in {point.run_id for point in points if point.result.failed}:
        requests = store.read("requests", run_id)
        failed = requests.filter(pl.col("error").is_not_null() & ~pl.col("warmup")).sort("index")
        for row in failed.iter_rows(named=True):
            errors.setdefault((run_id, row["sweep"], label_of(row), row["repeat"]), row["error"])
    return errors


def _with_first_error(point: RecordedPoint, errors: dict[ErrorKey, str]) -> RecordedPoint:
    result = point.result
    error = errors.get((point.run_id, result.sweep, result.load.label, result.repeat))
    return point.model_copy(update={"result": result.model_copy(update={"first_error": error})})


def _checks(store: Store, run_id: str) -> dict[CheckKey, list[Check]]:
    checks: dict[CheckKey, list[Check]] = {}
    for row in store.read("checks", run_id).iter_rows(named=True):
        key = (row["sweep"], label_of(row), row["requests"], row["repeat"])
        checks.setdefault(key, []).append(rows.check_of(row))
    return checks


def _with_checks(point: RecordedPoint, checks: dict[CheckKey, list[Check]]) -> RecordedPoint:
    result = point.result
    key = (result.sweep, result.load.label, result.requests, result.repeat)
    verdict = point.verdict.model_copy(update={"checks": tuple(checks.get(key, ()))})
    return point.model_copy(update={"verdict": with_notes(verdict)})

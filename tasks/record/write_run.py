"""Writes each thing a run has measured into the tables it belongs to."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.measure.accuracy.sample_row import SampleRow
from tasks.measure.speed.point_result import PointResult
from tasks.measure.speed.request_row import RequestRow
from tasks.plan.search import Knee
from tasks.probe.reading import Reading
from tasks.record import rows
from tasks.record.results import RecordedAccuracy, RecordedPoint, RunRecord
from tasks.record.store import Store


def record_run(store: Store, run: RunRecord) -> None:
    """Write the run, in place of what was known of it before. Raises RecordError."""
    store.write("runs", run.run_id, "run", [rows.run_row(run)])


def record_point(
    store: Store, run_id: str, point: RecordedPoint, requests: Sequence[RequestRow] = ()
) -> None:
    """Write a load point for the run `run_id`, its checks, and its requests where this run has sent them.

    Raises:
        RecordError: a table could not be written.
    """
    stage = stage_of(point.result)
    if point.run_id == run_id:
        rows_of_requests = [rows.request_row(run_id, point.result, request) for request in requests]
        store.write("requests", run_id, stage, rows_of_requests)
    checks = [rows.check_row(run_id, point.result, check) for check in point.verdict.checks]
    store.write("checks", run_id, stage, checks)
    # the point comes last: where it stands, its requests do
    store.write("points", run_id, stage, [rows.point_row(run_id, point)])


def record_knee(store: Store, run_id: str, knee: Knee) -> None:
    """Write the answer of one sweep's search. Raises RecordError."""
    store.write("knees", run_id, knee.sweep, [rows.knee_row(run_id, knee)])


def record_accuracy(
    store: Store, run_id: str, accuracy: RecordedAccuracy, samples: Sequence[SampleRow] = ()
) -> None:
    """Write the scores of one question set for the run `run_id`, and its samples where it has asked.

    Raises:
        RecordError: a table could not be written.
    """
    if not accuracy.scores:
        return
    dataset = accuracy.scores[0].dataset
    if accuracy.run_id == run_id:
        store.write("samples", run_id, dataset, [rows.sample_row(run_id, dataset, row) for row in samples])
    scores = [rows.score_row(run_id, score, accuracy.run_id) for score in accuracy.scores]
    store.write("scores", run_id, dataset, scores)


def record_telemetry(store: Store, run_id: str, stage: str, readings: Sequence[Reading]) -> None:
    """Write the readings of one stage of a run. Raises RecordError."""
    store.write("telemetry", run_id, stage, [rows.telemetry_row(run_id, reading) for reading in readings])


def stage_of(point: PointResult) -> str:
    """What tells the files of one load point from those of the run's others."""
    return f"{point.sweep}-{point.load.label}-n{point.requests}-r{point.repeat}"

"""Writes the results of a run to the tables."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.measure.accuracy.sample_row import SampleRow
from tasks.measure.speed.figures.point_result import PointResult
from tasks.measure.speed.request_row import RequestRow
from tasks.plan.search import Knee
from tasks.probe.reading import Reading
from tasks.record import rows
from tasks.record.results import RecordedAccuracy, RecordedPoint, RunRecord
from tasks.record.store import Store


def record_run(store: Store, run: RunRecord) -> None:
    """Write a run to `runs`; it replaces what was written for the run before. Raises RecordError."""
    store.write("runs", run.run_id, "run", [rows.run_row(run)])


def record_point(
    store: Store, run_id: str, point: RecordedPoint, requests: Sequence[RequestRow] = ()
) -> None:
    """Write a load point of a run, its checks, and its requests unless another run has measured the point.

    Args:
        store: the tables.
        run_id: the run to write it for, which may have reused the point.
        point: the figures and their verdict.
        requests: the requests of the point.

    Raises:
        RecordError: a table could not be written.
    """
    result, stage = point.result, stage_of(point.result)
    if point.run_id == run_id:
        request_rows = [rows.request_row(run_id, result, request) for request in requests]
        store.write("requests", run_id, stage, request_rows)
    check_rows = [rows.check_row(run_id, result, check) for check in point.verdict.checks]
    store.write("checks", run_id, stage, check_rows)
    # last, so that a recorded point always has its requests and checks
    store.write("points", run_id, stage, [rows.point_row(run_id, point)])


def record_knee(store: Store, run_id: str, knee: Knee) -> None:
    """Write the result of the search of one sweep. Raises RecordError."""
    store.write("knees", run_id, knee.sweep, [rows.knee_row(run_id, knee)])


def record_accuracy(
    store: Store, run_id: str, accuracy: RecordedAccuracy, samples: Sequence[SampleRow] = ()
) -> None:
    """Write the scores of one question set, and its samples unless another run has measured the set.

    Without scores nothing is written.

    Args:
        store: the tables.
        run_id: the run to write them for, which may have reused the scores.
        accuracy: the scores.
        samples: the answers that were scored.

    Raises:
        RecordError: a table could not be written.
    """
    if not accuracy.scores:
        return
    dataset = accuracy.scores[0].dataset
    if accuracy.run_id == run_id:
        sample_rows = [rows.sample_row(run_id, dataset, sample) for sample in samples]
        store.write("samples", run_id, dataset, sample_rows)
    score_rows = [rows.score_row(run_id, score, accuracy.run_id) for score in accuracy.scores]
    store.write("scores", run_id, dataset, score_rows)


def record_telemetry(store: Store, run_id: str, stage: str, readings: Sequence[Reading]) -> None:
    """Write the readings of one stage of a run. Raises RecordError."""
    store.write("telemetry", run_id, stage, [rows.telemetry_row(run_id, reading) for reading in readings])


def stage_of(point: PointResult) -> str:
    """The stage name of a load point: it is unique in the run, and part of the names of the point's files."""
    return f"{point.sweep}-{point.load.label}-n{point.requests}-r{point.repeat}"

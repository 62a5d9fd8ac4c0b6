"""Reads everything that a report of a recorded run shows, from the Parquet tables alone."""

from __future__ import annotations

from tasks.record.disputed_answers import disputed_answers
from tasks.record.read_run import recorded_accuracy, recorded_knees, recorded_points, recorded_run
from tasks.record.store import Store
from tasks.report.report_input import ReportInput
from tasks.report.timeline import read_timeline


def read_report(store: Store, run_id: str) -> ReportInput:
    """Read a recorded run.

    Raises:
        InputError: there is no such run; names the nearest ids.
        RecordError: a table cannot be read.
    """
    run = recorded_run(store, run_id)
    accuracy = recorded_accuracy(store, run)
    return ReportInput(
        run=run,
        points=recorded_points(store, run),
        knees=recorded_knees(store, run),
        accuracy=accuracy,
        disputed=disputed_answers(store, accuracy),
        timeline=read_timeline(store, run),
        results_path=str(store.location),
    )

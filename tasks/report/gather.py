"""Gathers what a report needs of a recorded run, from the Parquet tables alone."""

from __future__ import annotations

from tasks.record.read_run import recorded_accuracy, recorded_knees, recorded_points, recorded_run
from tasks.record.store import Store
from tasks.report.report_input import ReportInput
from tasks.report.timeline import timeline


def report_input(store: Store, run_id: str) -> ReportInput:
    """The run as the tables tell it.

    Raises:
        InputError: no such run; the nearest ids are named.
        RecordError: a table cannot be read.
    """
    run = recorded_run(store, run_id)
    return ReportInput(
        run=run,
        points=recorded_points(store, run),
        knees=recorded_knees(store, run),
        accuracy=recorded_accuracy(store, run),
        course=timeline(store, run),
        results_path=str(store.place),
    )

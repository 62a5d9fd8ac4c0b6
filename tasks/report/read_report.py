"""Reads everything that a report of a recorded run shows, from the Parquet tables alone."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.record.disputed_answers import disputed_answers
from tasks.record.question_shares import question_shares
from tasks.record.read_run import recorded_accuracy, recorded_knees, recorded_points, recorded_run
from tasks.record.read_samples import count_samples
from tasks.record.results import QuestionShare, RecordedAccuracy
from tasks.record.store import Store
from tasks.report.read_parts import read_parts
from tasks.report.read_turns import read_turns
from tasks.report.report_input import ReportInput
from tasks.report.request_samples import read_distributions, read_request_sample
from tasks.report.timeline import read_timeline


def read_report(store: Store, run_id: str, *, single_requests: bool = True) -> ReportInput:
    """Read a recorded run.

    Args:
        store: the tables.
        run_id: the run.
        single_requests: read what charts show of single requests, which takes longest.

    Raises:
        InputError: there is no such run; names the nearest ids.
        RecordError: a table cannot be read.
    """
    run = recorded_run(store, run_id)
    accuracy = recorded_accuracy(store, run)
    points = recorded_points(store, run)
    return ReportInput(
        run=run,
        points=points,
        knees=recorded_knees(store, run),
        accuracy=accuracy,
        disputed=disputed_answers(store, accuracy),
        shares=_shares(store, accuracy),
        timeline=read_timeline(store, run),
        turns=read_turns(store, points),
        parts=read_parts(store, points),
        samples=count_samples(store, accuracy),
        requests=read_request_sample(store, run) if single_requests else None,
        distributions=read_distributions(store, points) if single_requests else (),
        results_path=str(store.location),
    )


def _shares(store: Store, accuracy: Sequence[RecordedAccuracy]) -> tuple[QuestionShare, ...]:
    """Return the share of each question, if scores with and without load are to be compared."""
    loaded = any(score.under_load for entry in accuracy for score in entry.scores)
    return question_shares(store, accuracy) if loaded else ()

"""The question sets of a run: one Prefect task a set, recorded before it is reported."""

from __future__ import annotations

from prefect import task

from flows.run.cache import BY_KEY
from flows.run.context import Run
from flows.run.reuse import UnusableResult, measured_or_reused
from flows.run.server import ServerSession
from flows.ui import console
from flows.ui.log_follow import follow_log
from tasks.errors import MeasureError
from tasks.measure.accuracy.evaluate import measure_accuracy
from tasks.measure.jobs import AccuracyJob
from tasks.measure.processes.child import LOG
from tasks.plan.plan import Plan, PlannedQuestionSet
from tasks.record.results import RecordedAccuracy
from tasks.record.store import Store
from tasks.record.write_run import record_accuracy


class UnansweredQuestions(UnusableResult):
    """Failed answers are recorded and counted wrong."""

    def __init__(self, name: str, recorded: RecordedAccuracy) -> None:
        failed = max((score.failed for score in recorded.scores), default=0)
        what = recorded.error or f"{failed} answers failed and count as wrong"
        remedy = "read `error` in the samples table, mend the cause, run again"
        super().__init__(f"{name}: {what}", remedy, recorded)


@task(
    name="accuracy",
    task_run_name="{label}",
    cache_policy=BY_KEY,
    persist_result=True,
    result_serializer="json",
)
def accuracy_task(
    entry: PlannedQuestionSet, run: Run, session: ServerSession, attempt: int, label: str
) -> RecordedAccuracy:
    """One question set. Raises UnansweredQuestions when answers failed: the score is not cached then."""
    recorded = measure_and_record(entry, run, session, attempt)
    if recorded.error or any(score.failed for score in recorded.scores):
        raise UnansweredQuestions(entry.accuracy.dataset, recorded)
    return recorded


def measure_accuracy_sets(
    plan: Plan, run: Run, session: ServerSession, refresh: bool
) -> tuple[RecordedAccuracy, ...]:
    """Every question set of the plan, asked or reused, in the plan's order."""
    return tuple(
        measured_or_reused(accuracy_task, entry, run, session, refresh, "accuracy", entry.accuracy.dataset)
        for entry in plan.question_sets
    )


def measure_and_record(
    entry: PlannedQuestionSet, run: Run, session: ServerSession, attempt: int
) -> RecordedAccuracy:
    """Ask one question set and write its scores and samples."""
    stage = f"{entry.accuracy.dataset}-a{attempt}"
    job = AccuracyJob(
        accuracy=entry.accuracy, endpoint=session.endpoint, folder=run.folder / stage, attempt=attempt
    )
    try:
        log = follow_log(job.folder / LOG, console.lines_of("EvalScope"))
        with log, console.bar("accuracy", entry.accuracy.dataset) as progress:
            scores, rows = measure_accuracy(job, session.check, session.noting(progress))
        if any(score.failed for score in scores):
            session.confirm()
    except MeasureError as error:
        session.confirm()
        return RecordedAccuracy(scores=(), run_id=run.id, error=error.what)
    recorded = RecordedAccuracy(scores=scores, run_id=run.id)
    record_accuracy(Store(run.results), run.id, recorded, rows)
    return recorded

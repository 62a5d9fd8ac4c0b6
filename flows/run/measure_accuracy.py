"""Measures the question sets of a run: one Prefect task for each set."""

from __future__ import annotations

from flows.run.answer_files import earlier_answers, own_answers, remove_answers, uploaded_answers
from flows.run.context import RunContext
from flows.run.flow_task import task
from flows.run.reuse import UnusableResult, measured_or_reused
from flows.ui import console
from flows.ui.log_follow import follow_log
from tasks.config.question_set import combination_of
from tasks.errors import MeasureError
from tasks.measure.accuracy.score_price import with_price
from tasks.measure.jobs import AccuracyJob
from tasks.measure.processes.child import LOG
from tasks.plan.plan import Plan, PlannedQuestionSet
from tasks.record.results import RecordedAccuracy
from tasks.record.store import Store
from tasks.record.write_run import record_accuracy, record_telemetry
from tasks.serve.find_endpoint import judge_endpoint


class FailedAnswers(UnusableResult):
    """Some answers failed. They are recorded and count as wrong, but the score is not cached."""

    def __init__(self, set_name: str, recorded: RecordedAccuracy) -> None:
        failed = max((score.failed for score in recorded.scores), default=0)
        what = recorded.error or f"{failed} answers failed and count as wrong"
        remedy = "read `error` in the samples table, fix the cause, run again"
        super().__init__(f"{set_name}: {what}", remedy, recorded)


@task(name="accuracy", task_run_name="{label}")
def accuracy_task(
    entry: PlannedQuestionSet, context: RunContext, attempt: int, label: str
) -> RecordedAccuracy:
    """Measure and record one question set.

    Raises:
        FailedAnswers: answers failed, or the question set could not be measured.
    """
    recorded = measure_and_record(entry, context, attempt)
    if recorded.error or any(score.failed for score in recorded.scores):
        raise FailedAnswers(entry.accuracy.set_name, recorded)
    return recorded


def measure_accuracy_sets(plan: Plan, context: RunContext) -> tuple[RecordedAccuracy, ...]:
    """Measure or reuse every question set, in the plan's order."""
    return tuple(_measured_or_reused(context, entry) for entry in plan.question_sets)


def _measured_or_reused(context: RunContext, entry: PlannedQuestionSet) -> RecordedAccuracy:
    """Measure or reuse a question set. A reused score gets what this run knows: its question, its price."""
    recorded = measured_or_reused(context, accuracy_task, entry, "accuracy", entry.accuracy.set_name)
    price = context.run.spec.server.price_per_hour
    scores = tuple(with_price(score, price) for score in recorded.scores)
    return _saying_what_was_asked(recorded.model_copy(update={"scores": scores}), entry)


def _saying_what_was_asked(recorded: RecordedAccuracy, entry: PlannedQuestionSet) -> RecordedAccuracy:
    asked = entry.accuracy
    facts = {"asks": entry.asks, "question_set": asked.base_name, "combination": combination_of(asked)}
    scores = tuple(score.model_copy(update=facts) for score in recorded.scores)
    return recorded.model_copy(update={"scores": scores})


def measure_and_record(entry: PlannedQuestionSet, context: RunContext, attempt: int) -> RecordedAccuracy:
    """Send one question set to the server, and record its scores and samples.

    Raises:
        ServerDied: the server died during the measurement.
    """
    # a run that reuses every score saves these
    from tasks.measure.accuracy.evaluate import measure_accuracy
    from tasks.measure.accuracy.score_costs import with_costs
    from tasks.probe.sampler import sampling

    run, server = context.run, context.server
    folder = run.folder / f"{entry.accuracy.set_name}-a{attempt}"
    if context.refresh and attempt == 1:
        remove_answers(run, entry.answers)
    job = AccuracyJob(
        accuracy=entry.accuracy,
        endpoint=server.endpoint,
        folder=folder,
        attempt=attempt,
        journal=own_answers(run, entry.answers),
        earlier=earlier_answers(run, entry.answers),
        run_id=run.id,
        judge=judge_endpoint(entry.accuracy.judge),
    )
    try:
        log = follow_log(job.folder / LOG, console.line_logger("EvalScope"))
        sampled = sampling(*server.gpu_sources())
        with log, sampled as samples, console.bar("accuracy", entry.accuracy.set_name) as progress:
            with uploaded_answers(run, entry.answers):
                scores, rows = measure_accuracy(job, server.check, server.tracked(progress))
        if any(score.failed for score in scores):
            server.confirm_alive()
    except MeasureError as error:
        server.confirm_alive()
        return RecordedAccuracy(scores=(), run_id=run.id, error=error.what)
    scores = with_costs(scores, rows, samples.rows, run.spec.server.price_per_hour)
    recorded = _saying_what_was_asked(RecordedAccuracy(scores=scores, run_id=run.id), entry)
    store = Store(run.results)
    record_telemetry(store, run.id, folder.name, samples.rows)
    record_accuracy(store, run.id, recorded, rows)
    return recorded

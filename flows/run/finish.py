"""The end of a run: its outcome, its trackers, its report."""

from __future__ import annotations

from flows.run.flow_task import task
from flows.run.gate_rules import GatedRun, gate_failures
from flows.run.publish import report, track
from flows.run.run_identity import Run
from flows.run.run_record import record_of, write_record
from flows.run.run_results import RunProblems, RunResults
from flows.run.run_warnings import RunWarnings
from flows.ui import artifacts, console
from flows.ui.events import emit_finished_run
from flows.ui.figure_artifacts import ArtifactLink, create_figure_artifacts
from flows.ui.file_artifact import create_file_artifact
from tasks.config.base import Frozen
from tasks.errors import MeasureError, RegressionError
from tasks.plan.search import Knee
from tasks.record.results import RecordedPoint, RunRecord
from tasks.record.store import Store
from tasks.record.write_run import record_accuracy, record_point, record_run
from tasks.report.read_report import read_report


def finish(run: Run, results: RunResults, warnings: RunWarnings) -> str:
    """Record what was reused and how the run ended, track and report it. Return the run's id.

    Raises:
        MeasureError: a point or an answer failed; everything is recorded and reported.
        RegressionError: the gate failed; everything is recorded and reported.
    """
    ending = record_end(run, results, warnings)
    _track_and_report(run, ending.record, results, ending.problems)
    failures, missed = ending.problems.failures, ending.problems.missed
    if failures:
        measurements = len(results.points) + len(results.accuracy)
        raise MeasureError(f"{len(failures)} of {measurements} measurements failed", failures[0])
    if missed:
        raise RegressionError("the gate does not hold", missed[0], "\n".join(missed[1:]))
    return run.id


class RunEnd(Frozen):
    """A run's row, and what is wrong with the run."""

    record: RunRecord
    problems: RunProblems


@task(name="record", task_run_name="record")
def record_end(run: Run, results: RunResults, warnings: RunWarnings) -> RunEnd:
    """Record reused figures under this run too, apply the gate, and record how the run ended.

    Figures that this run measured are recorded already.
    """
    _record_reused(run, results)
    failures = measurement_failures(results)
    missed = gate_failures(GatedRun(run=run, record=record_of(run, "running"), results=results))
    errors = [entry.error for entry in results.accuracy if entry.error]
    for text in (*(f"a question set could not be measured: {error}" for error in errors), *missed):
        warnings.add("report", text)
    record = write_record(run, "failed" if failures or missed else "completed", warnings.texts)
    return RunEnd(record=record, problems=RunProblems(failures=tuple(failures), missed=tuple(missed)))


def _record_reused(run: Run, results: RunResults) -> None:
    store = Store(run.results)
    for point in results.points:
        if point.run_id != run.id:
            record_point(store, run.id, point)
    for scores in results.accuracy:
        if scores.run_id != run.id:
            record_accuracy(store, run.id, scores)


def _track_and_report(run: Run, record: RunRecord, results: RunResults, problems: RunProblems) -> None:
    tracked = track(run, record, results)
    for outcome in tracked:
        if outcome.warning:
            record = _with_warning(run, record, outcome.warning)
        where = outcome.folder or (outcome.url if not outcome.warning else None)
        if where:
            experiment = f"{outcome.tracker} experiment {outcome.experiment_id}"
            console.stage("track", f"{experiment}, {outcome.kept} figures in {where}")
    page = run.folder / "report.html"
    report_input = read_report(Store(run.results), run.id)
    report_id = report(run, report_input, page)
    links = [ArtifactLink("Report", report_id)] if report_id else []
    links += create_figure_artifacts(report_input)
    artifacts.create_origin_artifact(report_input)
    create_file_artifact(report_input, page, links, tracked)
    emit_finished_run(report_input, problems)
    console.report(report_input, page)


def _with_warning(run: Run, record: RunRecord, warning: str) -> RunRecord:
    """Add a warning to the run's row, write the row again and return it."""
    console.stage("track", warning, "yellow")
    record = record.model_copy(update={"warnings": (*record.warnings, warning)})
    record_run(Store(run.results), record)
    return record


def measurement_failures(results: RunResults) -> list[str]:
    """Return one line for each failure: invalid points, question sets without a score, failed answers."""
    errors = [recorded.error for recorded in results.accuracy if recorded.error]
    scores = [recorded.scores[-1] for recorded in results.accuracy if recorded.scores]
    failed_answers = [
        f"{score.dataset}: {score.failed} answers failed and count as wrong"
        for score in scores
        if score.failed
    ]
    return _invalid_points(results) + errors + failed_answers


def _invalid_points(results: RunResults) -> list[str]:
    knees = {knee.sweep: knee for knee in results.knees}
    return [
        f"{point.result.run_name}: {'; '.join(point.verdict.reasons)}"
        for point in results.points
        if point.verdict.verdict == "invalid" and not _is_expected(point, knees.get(point.result.sweep))
    ]


def _is_expected(point: RecordedPoint, knee: Knee | None) -> bool:
    """Return whether a point above the knee is invalid only for failed requests, as searches expect."""
    if knee is None or knee.high is None or point.result.load.level < knee.high:
        return False
    failed_checks = {check.check for check in point.verdict.checks if check.verdict == "invalid"}
    return failed_checks <= {"failures", "rejections"}

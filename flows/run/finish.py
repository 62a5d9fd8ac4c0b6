"""How a run ends: its record, its tracker, its report, and its outcome."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from prefect.exceptions import TerminationSignal

from flows.run.context import Run
from flows.run.gate import gate_failures
from flows.run.killed_watch import watch_for_kill
from flows.run.publish import report, track
from flows.run.sweep import SpeedResults
from flows.ui import artifacts, console
from tasks.errors import MeasureError, RecordError, RegressionError
from tasks.plan.search import Knee
from tasks.record.manifest import manifest_of
from tasks.record.results import Outcome, RecordedAccuracy, RecordedPoint, RunRecord
from tasks.record.run_lock import hold_run_lock, record_killed_runs
from tasks.record.store import Store
from tasks.record.write_run import record_accuracy, record_point, record_run
from tasks.report.report_input import ReportInput
from tasks.report.timeline import timeline


@contextmanager
def record_outcome(run: Run) -> Iterator[list[str]]:
    """The `runs` table says how the run ended; of a killed one, its witness says it, or the next run.

    Yields the run's warnings, which may be added to until it ends.
    """
    warnings: list[str] = []
    for killed in record_killed_runs(Store(run.results), run.folder.parent):
        console.stage("plan", f"{killed} was killed: recorded as such, what it measured is kept")
    run.folder.mkdir(parents=True, exist_ok=True)
    with watch_for_kill(run.results, run.folder), hold_run_lock(run.folder):
        _write(run, "running")
        try:
            yield warnings
        except (KeyboardInterrupt, SystemExit, TerminationSignal):
            _end(run, "stopped", warnings)
            raise
        except BaseException:
            _end(run, "failed", warnings)
            raise


def finish(
    run: Run,
    speed: SpeedResults,
    accuracy: tuple[RecordedAccuracy, ...],
    warnings: list[str],
) -> str:
    """Record what was reused, track, report; raise where something failed.

    Raises:
        MeasureError: the run is recorded and reported, but a point or an answer failed.
        RegressionError: the same, but its gate does not hold.
    """
    store = Store(run.results)
    for point in speed.points:
        if point.run_id != run.id:
            record_point(store, run.id, point)
    for scores in accuracy:
        if scores.run_id != run.id:
            record_accuracy(store, run.id, scores)
    failures = _failures(speed, accuracy)
    missed = gate_failures(run, _record(run, "running"), speed.points, accuracy)
    unasked = (f"a question set could not be asked: {entry.error}" for entry in accuracy if entry.error)
    for text in (*unasked, *missed):
        console.warning("report", text, warnings)
    record = _write(run, "failed" if failures or missed else "completed", warnings)
    _tell(run, record, speed, accuracy, failures, missed)
    if failures:
        raise MeasureError(
            f"{len(failures)} of {len(speed.points) + len(accuracy)} measurements failed", failures[0]
        )
    if missed:
        raise RegressionError("the gate does not hold", missed[0], "\n".join(missed[1:]))
    return run.id


def _tell(
    run: Run,
    record: RunRecord,
    speed: SpeedResults,
    accuracy: tuple[RecordedAccuracy, ...],
    failures: list[str],
    missed: list[str],
) -> None:
    """Everything is on disk by now; a tracker that fails is a line in the report."""
    tracked = track(run.spec, record, speed.points, speed.knees, accuracy, run.results.folder / "swanlab")
    if tracked.warning:
        warnings = list(record.warnings)
        console.warning("track", tracked.warning, warnings)
        record = record.model_copy(update={"warnings": tuple(warnings)})
        record_run(Store(run.results), record)
    if tracked.folder:
        console.stage(
            "track",
            f"SwanLab experiment {tracked.experiment_id}, {tracked.found} figures in {tracked.folder}",
        )
    page = run.folder / "report.html"
    made = ReportInput(
        run=record,
        points=speed.points,
        knees=speed.knees,
        accuracy=accuracy,
        course=timeline(Store(run.results), record),
        results_path=str(run.results),
    )
    shown = report(made, page)
    artifacts.figures(made, page, shown, tracked)
    artifacts.outcome(run, record, made, failures, missed)
    console.report(made, page)


def _end(run: Run, outcome: Outcome, warnings: Sequence[str]) -> None:
    """An end that is recorded stays: what was broken off after it is the telling alone."""
    try:
        known = Store(run.results).read("runs", run.id)
        if known.is_empty() or known["outcome"].to_list() == ["running"]:
            _write(run, outcome, warnings)
    except RecordError as error:  # the end itself is what counts; the next run records that this one is over
        console.stage("record", str(error.what), "yellow")


def _write(run: Run, outcome: Outcome, warnings: Sequence[str] = ()) -> RunRecord:
    record = _record(run, outcome).model_copy(update={"warnings": tuple(warnings)})
    record_run(Store(run.results), record)
    return record


def _record(run: Run, outcome: Outcome) -> RunRecord:
    return RunRecord(
        run_id=run.id,
        spec=run.spec.name,
        spec_digest=run.spec_digest,
        sweeps=tuple(sweep.name for sweep in run.spec.sweeps),
        started_at=run.started_at,
        finished_at=None if outcome == "running" else datetime.now(UTC),
        outcome=outcome,
        manifest=manifest_of(run.subject),
    )


def _sought(point: RecordedPoint, knee: Knee | None) -> bool:
    """Whether a level above a search's answer failed requests: a search has to find what breaks."""
    level = point.result.concurrency or point.result.rate or 0.0
    if knee is None or knee.high is None or level < knee.high:
        return False
    broken = {check.check for check in point.verdict.checks if check.verdict == "invalid"}
    return broken <= {"failures", "rejections"}


def _failures(speed: SpeedResults, accuracy: tuple[RecordedAccuracy, ...]) -> list[str]:
    knees = {knee.sweep: knee for knee in speed.knees}
    invalid = [
        f"{point.result.run_name}: {'; '.join(point.verdict.reasons)}"
        for point in speed.points
        if point.verdict.verdict == "invalid" and not _sought(point, knees.get(point.result.sweep))
    ]
    unasked = [recorded.error for recorded in accuracy if recorded.error]
    unanswered = [
        f"{score.dataset}: {score.failed} answers failed and count as wrong"
        for recorded in accuracy
        for score in recorded.scores[-1:]
        if score.failed
    ]
    return invalid + unasked + unanswered

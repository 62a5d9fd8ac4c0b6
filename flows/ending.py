"""How a run ends: its record, its tracker, its report, and its outcome."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from prefect.exceptions import TerminationSignal

from flows import show, story
from flows.manifest import manifest_of
from flows.run import Run
from tasks.errors import MeasureError
from tasks.record.recording import record_accuracy, record_point, record_run
from tasks.record.results import Outcome, RecordedAccuracy, RecordedPoint, RunRecord
from tasks.record.store import Store
from tasks.report.results import ReportInput
from tasks.report.task import report
from tasks.track.task import track


@contextmanager
def recorded_run(run: Run) -> Iterator[None]:
    """The `runs` table says how the run ended, whatever ended it."""
    run.folder.mkdir(parents=True, exist_ok=True)
    _write(run, "running")
    try:
        yield
    except (KeyboardInterrupt, SystemExit, TerminationSignal):
        _write(run, "stopped")
        raise
    except BaseException:
        _write(run, "failed")
        raise


def finish(run: Run, points: tuple[RecordedPoint, ...], accuracy: tuple[RecordedAccuracy, ...]) -> str:
    """Record what was reused, track, report; raise where something failed.

    Raises:
        MeasureError: the run is recorded and reported, but a point or an answer failed.
    """
    store = Store(run.results)
    for point in points:
        if point.run_id != run.id:
            record_point(store, run.id, point)
    for scores in accuracy:
        if scores.run_id != run.id:
            record_accuracy(store, run.id, scores)
    failures = _failures(points, accuracy)
    record = _write(run, "failed" if failures else "completed")
    _tell(run, record, points, accuracy, failures)
    if failures:
        raise MeasureError(
            f"{len(failures)} of {len(points) + len(accuracy)} measurements failed", failures[0]
        )
    return run.id


def _tell(
    run: Run,
    record: RunRecord,
    points: tuple[RecordedPoint, ...],
    accuracy: tuple[RecordedAccuracy, ...],
    failures: list[str],
) -> None:
    """Everything is on disk by now; a tracker that fails is a line in the report."""
    tracked = track(run.spec, record, points, accuracy, run.results / "swanlab")
    if tracked.folder:
        show.stage(
            "track",
            f"SwanLab experiment {tracked.experiment_id}, {tracked.found} figures in {tracked.folder}",
        )
    unasked = (f"a question set could not be asked: {entry.error}" for entry in accuracy if entry.error)
    warnings = (*unasked, *filter(None, (tracked.warning,)))
    for warning in warnings:
        show.stage("track", f"[yellow]{warning}[/]")
    page = run.folder / "report.html"
    made = ReportInput(
        run=record, points=points, accuracy=accuracy, warnings=warnings, results_path=str(run.results)
    )
    report(made, page)
    story.figures(made, page, tracked.folder)
    story.outcome(run, record, made, failures)
    show.report(made, page)


def _write(run: Run, outcome: Outcome) -> RunRecord:
    record = RunRecord(
        run_id=run.id,
        spec=run.spec.name,
        spec_digest=run.spec_digest,
        started_at=run.started_at,
        finished_at=None if outcome == "running" else datetime.now(UTC),
        outcome=outcome,
        manifest=manifest_of(run.subject),
    )
    record_run(Store(run.results), record)
    return record


def _failures(points: tuple[RecordedPoint, ...], accuracy: tuple[RecordedAccuracy, ...]) -> list[str]:
    invalid = [
        f"{point.result.run_name}: {'; '.join(point.verdict.reasons)}"
        for point in points
        if point.verdict.verdict == "invalid"
    ]
    unasked = [recorded.error for recorded in accuracy if recorded.error]
    unanswered = [
        f"{score.dataset}: {score.failed} answers failed and count as wrong"
        for recorded in accuracy
        for score in recorded.scores[-1:]
        if score.failed
    ]
    return invalid + unasked + unanswered

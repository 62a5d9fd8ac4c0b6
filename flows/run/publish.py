"""The last two tasks of a run: the tracker's experiment, and the report page with its artifact."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from prefect import task
from prefect.artifacts import create_markdown_artifact

from tasks.config.spec import Spec
from tasks.plan.search import Knee
from tasks.record.results import RecordedAccuracy, RecordedPoint, RunRecord
from tasks.report.page.html import write_page
from tasks.report.page.markdown import markdown
from tasks.report.report_input import ReportInput
from tasks.track.bundle import TrackedRun, TrackOutcome
from tasks.track.bundle_run import experiment_name, flat_config
from tasks.track.tracker import track_run


@task(name="track", task_run_name="track")
def track(
    spec: Spec,
    run: RunRecord,
    points: tuple[RecordedPoint, ...],
    knees: tuple[Knee, ...],
    accuracy: tuple[RecordedAccuracy, ...],
    folder: Path,
) -> TrackOutcome:
    """Log one experiment for a run from results that are on disk already."""
    bundle = TrackedRun(
        run_id=run.run_id,
        name=experiment_name(run, points),
        description=spec.description,
        config=flat_config(spec, run),
        points=points,
        knees=knees,
        scores=tuple(score for recorded in accuracy for score in recorded.scores),
    )
    return track_run(spec.track.swanlab, bundle, folder)


@task(name="report", task_run_name="report")
def report(made: ReportInput, page: Path) -> UUID | None:
    """Write the page and leave the tables in Prefect's UI, as the artifact whose id is returned."""
    write_page(made, page)
    told = f"Speed and accuracy of run {made.run.run_id}"
    shown = create_markdown_artifact(key="report", markdown=markdown(made), description=told)
    return shown if isinstance(shown, UUID) else None

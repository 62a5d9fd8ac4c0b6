"""The last two tasks of a run: the trackers' experiments, and the report page with its artifact."""

from __future__ import annotations

import threading
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from uuid import UUID

from flows.run.flow_task import task
from flows.run.run_identity import Run
from flows.run.run_results import RunResults
from flows.ui.prefect_ui import create_markdown_artifact
from tasks.record.results import RunRecord
from tasks.record.store import Store
from tasks.report.page.html import write_page
from tasks.report.page.markdown import markdown
from tasks.report.page.samples_page import write_samples_page
from tasks.report.report_input import ReportInput
from tasks.track.tracked_run import TrackOutcome, tracked_run
from tasks.track.tracker import track_run


@task(name="track", task_run_name="track")
def track(run: Run, record: RunRecord, results: RunResults) -> tuple[TrackOutcome, ...]:
    """Show a recorded run in every enabled tracker; a failure is a warning of the tracker's outcome."""
    # A tracker's process takes seconds. Meanwhile what the report needs next is imported.
    threading.Thread(target=_import_charts, name="import-charts", daemon=True).start()
    shown = tracked_run(run.spec, record, results.points, results.knees, results.accuracy)
    return track_run(run.spec.track, shown, run.results.folder, run.folder)


def _import_charts() -> None:
    with suppress(Exception):  # the report does the same again, and raises
        import_module("tasks.report.page.vega_script").vega_script()


@task(name="report", task_run_name="report")
def report(run: Run, report_input: ReportInput, page: Path) -> UUID | None:
    """Write the pages of report and answers, and create an artifact with the tables. Return its id."""
    write_page(report_input, page)
    write_samples_page(Store(run.results), report_input, page)
    description = f"Report: speed and accuracy of run {report_input.run.run_id}"
    return create_markdown_artifact(key="report", markdown=markdown(report_input), description=description)

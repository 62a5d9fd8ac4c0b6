"""The report as one Prefect task: a page beside the tables, and artifacts in Prefect's UI."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from prefect import task
from prefect.artifacts import create_markdown_artifact

from tasks.report.markdown import markdown
from tasks.report.page import write_page
from tasks.report.results import ReportInput


@task(name="report", task_run_name="report")
def report(made: ReportInput, page: Path) -> UUID | None:
    """Write the page and leave the tables in Prefect's UI, as the artifact whose id is returned."""
    write_page(made, page)
    told = f"Speed and accuracy of run {made.run.run_id}"
    shown = create_markdown_artifact(key="report", markdown=markdown(made), description=told)
    return shown if isinstance(shown, UUID) else None

"""The report as one Prefect task: a page beside the tables, and artifacts in Prefect's UI."""

from __future__ import annotations

from pathlib import Path

from prefect import task
from prefect.artifacts import create_markdown_artifact

from tasks.report.markdown import markdown
from tasks.report.page import write_page
from tasks.report.results import ReportInput


@task(name="report", task_run_name="report")
def report(made: ReportInput, page: Path) -> None:
    """Write the page and leave the tables in Prefect's UI."""
    write_page(made, page)
    create_markdown_artifact(
        key="report", markdown=markdown(made), description=f"Speed and accuracy of run {made.run.run_id}"
    )

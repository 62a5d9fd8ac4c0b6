"""The report as one Prefect task: a page beside the tables, and artifacts in Prefect's UI."""

from __future__ import annotations

from pathlib import Path

from prefect import task
from prefect.artifacts import create_markdown_artifact

from tasks.record.store import Store
from tasks.report.load import report_input
from tasks.report.markdown import markdown
from tasks.report.page import write_page
from tasks.report.results import ReportInput


@task(name="report")
def report(results: Path, run_id: str, warnings: tuple[str, ...], page: Path) -> ReportInput:
    """Report a run from what the tables hold of it."""
    made = report_input(Store(results), run_id, warnings)
    write_page(made, page)
    create_markdown_artifact(
        key="report", markdown=markdown(made), description=f"Speed and accuracy of run {run_id}"
    )
    return made

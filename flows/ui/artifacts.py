"""The artifacts of a run that say what was reused and why the run failed."""

from __future__ import annotations

from collections.abc import Sequence

from flows.run.run_identity import Run
from flows.ui.prefect_ui import create_markdown_artifact
from tasks.errors import RegressionError, ServegaugeError
from tasks.report.page.markdown import escaped
from tasks.report.report_input import ReportInput
from tasks.text import printable, tail

REUSE_REASON = (
    "Same model, server, environment, hardware, client and load: set `refresh` to measure them again."
)
LOG_TAIL_LINES = 60


def create_failure_artifact(error: ServegaugeError, run: Run | None) -> None:
    """Show the error, its remedy, and its detail; without a detail, the end of the server's log."""
    failed_gate = isinstance(error, RegressionError)
    detail = error.detail
    if not detail and run and not failed_gate:
        detail = tail(run.folder / "server.log", LOG_TAIL_LINES)
    parts = [f"# {escaped(error.what)}", escaped(error.remedy)]
    if detail:
        title = "All figures" if failed_gate else "The end of the server's log"
        parts += [f"## {title}\n\n````text\n{printable(detail).replace('````', '')}\n````"]
    create_markdown_artifact(key="failure", markdown="\n\n".join(parts), description=escaped(error.what))


def create_reuse_artifact(run: Run, reused: int, planned: int) -> None:
    """Show how many measurements are reused and why: they have no task in the UI."""
    if reused:
        count = f"{reused} of {planned} measurements are reused from earlier runs in {run.results}."
        create_markdown_artifact(
            key="reused", markdown=escaped(f"{count} {REUSE_REASON}"), description="Reused figures"
        )


def create_origin_artifact(report_input: ReportInput) -> None:
    """Show which figures an earlier run measured, and the id of that run."""
    origins = [(point.result.run_name, point.run_id) for point in report_input.points]
    origins += [(entry.scores[-1].dataset, entry.run_id) for entry in report_input.accuracy if entry.scores]
    reused = [(name, run_id) for name, run_id in origins if run_id != report_input.run.run_id]
    if reused:
        text = f"{REUSE_REASON}\n\n{_origin_table(reused)}"
        create_markdown_artifact(key="reused", markdown=text, description="Reused figures")


def _origin_table(reused: Sequence[tuple[str, str]]) -> str:
    rows = [f"| {escaped(name)} | {escaped(run_id)} |" for name, run_id in reused]
    return "\n".join(["| figures of | measured by |", "|---|---|", *rows])

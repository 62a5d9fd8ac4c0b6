"""The artifacts of a run in Prefect's UI: its tables, where its files are, what was reused, why it failed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from prefect.artifacts import create_markdown_artifact, create_table_artifact

from flows.run.run import Run
from tasks.errors import RegressionError, ServegaugeError
from tasks.report.report_input import ReportInput
from tasks.report.table import as_records
from tasks.report.tables.knee_table import knee_table
from tasks.report.tables.report_tables import tables_of_sweeps
from tasks.report.tables.score_table import score_table
from tasks.text import tail
from tasks.track.bundle import TrackOutcome

REUSED = "Same model, server, environment, hardware, client and load: set `refresh` to measure them again."
TAIL_LINES = 60


def create_failure_artifact(error: ServegaugeError, run: Run | None) -> None:
    """Show what went wrong, what to do, and the error's detail or else the end of the server's log."""
    failed_gate = isinstance(error, RegressionError)
    detail = error.detail
    if not detail and run and not failed_gate:
        detail = tail(run.folder / "server.log", TAIL_LINES)
    parts = [f"# {_one_line(error.what)}", _one_line(error.remedy)]
    if detail:
        title = "All figures" if failed_gate else "The end of the server's log"
        parts += [f"## {title}\n\n````text\n{detail.replace('````', '')}\n````"]
    create_markdown_artifact(key="failure", markdown="\n\n".join(parts), description=error.what)


def create_figure_artifacts(report_input: ReportInput) -> None:
    """Show the table of each sweep, the knees and the scores."""
    scores = score_table(report_input)
    for table in (*tables_of_sweeps(report_input), knee_table(report_input), scores):
        if table is None:
            continue
        key = "scores" if table is scores else table.title.lower().replace(" ", "-").replace("_", "-")
        create_table_artifact(key=key, table=as_records(table), description=table.title)


def create_file_artifact(
    report_input: ReportInput, page: Path, report_id: UUID | None, tracked: Sequence[TrackOutcome]
) -> None:
    """Show where the report page, the server's log and the trackers' experiments are.

    Args:
        report_input: the run.
        page: the report page on this machine.
        report_id: the artifact that holds the report.
        tracked: where each tracker keeps its experiment.
    """
    lines = _links(report_id, tracked) + _paths(report_input, page)
    for outcome in tracked:
        if outcome.folder and not outcome.url:
            lines.append(f"- The {outcome.tracker} experiment: `{outcome.folder}`")
    command = f"servegauge report {report_input.run.run_id} --results {report_input.results_path}"
    lines += ["", "On the machine that measured, the report in a terminal:", "", f"    {command}"]
    create_markdown_artifact(key="files", markdown="\n".join(lines), description="Where the run's files are")


def _links(report_id: UUID | None, tracked: Sequence[TrackOutcome]) -> list[str]:
    links = {"The report": f"/v2/artifacts/artifact/{report_id}" if report_id else None}
    links |= {outcome.tracker: outcome.url for outcome in tracked}
    return [f"- [{name}]({link})" for name, link in links.items() if link]


def _paths(report_input: ReportInput, page: Path) -> list[str]:
    """Paths to copy: a browser refuses a link to a file."""
    folder = f"{report_input.results_path}/files/{report_input.run.run_id}"
    files = {"The report as a page": page, "The server's log": page.with_name("server.log")}
    return [f"- {name}: `{folder}/{path.name}`" for name, path in files.items() if path.exists()]


def create_reuse_artifact(run: Run, reused: int, entries: int) -> None:
    """Say before the measurements why some of their stages will be missing in the UI."""
    if reused:
        text = f"{reused} of {entries} measurements are reused from earlier runs in {run.results}. {REUSED}"
        create_markdown_artifact(key="reused", markdown=_one_line(text), description="Why a stage was reused")


def create_origin_artifact(report_input: ReportInput) -> None:
    """List the figures that an earlier run measured, each with that run."""
    measured_by = [(point.result.run_name, point.run_id) for point in report_input.points]
    measured_by += [
        (entry.scores[-1].dataset, entry.run_id) for entry in report_input.accuracy if entry.scores
    ]
    reused = [(name, run_id) for name, run_id in measured_by if run_id != report_input.run.run_id]
    if reused:
        text = f"{REUSED}\n\n{_origin_table(reused)}"
        create_markdown_artifact(key="reused", markdown=text, description="Which figures were reused")


def _origin_table(reused: Sequence[tuple[str, str]]) -> str:
    rows = [f"| {_one_line(name)} | {run_id} |" for name, run_id in reused]
    return "\n".join(["| figures of | measured by |", "|---|---|", *rows])


def _one_line(text: str) -> str:
    """The text on one line, its HTML escaped."""
    return " ".join(text.split()).replace("<", "&lt;")

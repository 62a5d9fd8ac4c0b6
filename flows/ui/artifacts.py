"""The artifacts of a run in Prefect's UI: its tables, where its files are, what was reused, why it failed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TypeGuard
from urllib.parse import quote
from uuid import UUID

from prefect.artifacts import create_markdown_artifact, create_table_artifact

from flows.run.run_identity import Run
from tasks.errors import RegressionError, ServegaugeError
from tasks.report.page.markdown import escaped
from tasks.report.report_input import ReportInput
from tasks.report.table import as_records
from tasks.report.tables.knee_table import knee_table
from tasks.report.tables.report_tables import tables_of_sweeps
from tasks.report.tables.score_table import score_table
from tasks.text import printable, tail
from tasks.track.tracked_run import TrackOutcome

REUSE_REASON = (
    "Same model, server, environment, hardware, client and load: set `refresh` to measure them again."
)
LOG_TAIL_LINES = 60
URL_CHARACTERS = ":/?#&=%@+,;~"
"""Characters of an address that stay as they are; brackets and parentheses would end the link."""


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


def create_figure_artifacts(report_input: ReportInput) -> None:
    """Show the table of each sweep, the knees and the scores."""
    scores = score_table(report_input)
    for table in (*tables_of_sweeps(report_input), knee_table(report_input), scores):
        if table is None:
            continue
        key = "scores" if table is scores else table.title.lower().replace(" ", "-").replace("_", "-")
        create_table_artifact(key=key, table=as_records(table), description=table.title)


def create_file_artifact(
    report_input: ReportInput, page: Path, report_id: UUID | None, outcomes: Sequence[TrackOutcome]
) -> None:
    """Show where the report page, the server's log and the trackers' experiments are.

    Args:
        report_input: the run.
        page: the report page on this machine.
        report_id: the artifact that holds the report.
        outcomes: each tracker's outcome, with the location of its experiment.
    """
    lines = _links(report_id, outcomes) + _paths(report_input, page)
    for outcome in outcomes:
        if outcome.folder and not outcome.url:
            lines.append(f"- The {outcome.tracker} experiment: {_code(outcome.folder)}")
    command = f"servegauge report {report_input.run.run_id} --results {report_input.results_path}"
    lines += ["", "To print the report in a terminal on the machine that measured:", "", _code(command)]
    create_markdown_artifact(key="files", markdown="\n".join(lines), description="Where the run's files are")


def _links(report_id: UUID | None, outcomes: Sequence[TrackOutcome]) -> list[str]:
    links = {"The report": f"/v2/artifacts/artifact/{report_id}" if report_id else None}
    links |= {outcome.tracker: outcome.url for outcome in outcomes}
    return [
        f"- [{name}]({quote(link, safe=URL_CHARACTERS)})" for name, link in links.items() if _is_link(link)
    ]


def _is_link(link: str | None) -> TypeGuard[str]:
    """Whether it leads to a page: a tracker's server may answer with another kind of address."""
    return link is not None and link.startswith(("http://", "https://", "/v2/"))


def _paths(report_input: ReportInput, page: Path) -> list[str]:
    """List the files as paths to copy, because a browser does not open a link to a local file."""
    folder = f"{report_input.results_path}/files/{report_input.run.run_id}"
    files = {"The report as a page": page, "The server's log": page.with_name("server.log")}
    return [f"- {name}: {_code(f'{folder}/{path.name}')}" for name, path in files.items() if path.exists()]


def _code(text: object) -> str:
    """The text as code on one line."""
    return f"`{printable(' '.join(str(text).split())).replace('`', chr(39))}`"


def create_reuse_artifact(run: Run, reused: int, planned: int) -> None:
    """Show how many measurements are reused and why: they have no task in the UI."""
    if reused:
        count = f"{reused} of {planned} measurements are reused from earlier runs in {run.results}."
        create_markdown_artifact(
            key="reused", markdown=escaped(f"{count} {REUSE_REASON}"), description="Why a stage was reused"
        )


def create_origin_artifact(report_input: ReportInput) -> None:
    """Show which figures an earlier run measured, and the id of that run."""
    origins = [(point.result.run_name, point.run_id) for point in report_input.points]
    origins += [(entry.scores[-1].dataset, entry.run_id) for entry in report_input.accuracy if entry.scores]
    reused = [(name, run_id) for name, run_id in origins if run_id != report_input.run.run_id]
    if reused:
        text = f"{REUSE_REASON}\n\n{_origin_table(reused)}"
        create_markdown_artifact(key="reused", markdown=text, description="Which figures were reused")


def _origin_table(reused: Sequence[tuple[str, str]]) -> str:
    rows = [f"| {escaped(name)} | {escaped(run_id)} |" for name, run_id in reused]
    return "\n".join(["| figures of | measured by |", "|---|---|", *rows])

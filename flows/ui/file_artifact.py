"""The artifact `files`: links that open from every machine, and the paths of files on the measuring one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from flows.ui.figure_artifacts import ArtifactLink
from flows.ui.prefect_ui import create_markdown_artifact
from operate.work_pool import host_queue
from tasks.config.results_location import S3
from tasks.report.comparison.compared_run import ComparedRun
from tasks.report.page.markdown import escaped
from tasks.report.report_input import SAMPLES_PAGE, ReportInput
from tasks.text import printable
from tasks.track.tracked_run import TrackOutcome

DESCRIPTION = "Files: links to report and tables, paths of page and log"
COMPARISON_DESCRIPTION = "Files: links to the tables, the path of the page"
URL_CHARACTERS = ":/?#&=%@+,;~"
"""Characters of an address that stay as they are; brackets and parentheses would end the link."""


def create_file_artifact(
    report_input: ReportInput,
    page: Path,
    artifacts: Sequence[ArtifactLink],
    outcomes: Sequence[TrackOutcome],
) -> None:
    """Show where the report, the tables, the server's log and the trackers' experiments are.

    Args:
        report_input: the run.
        page: the report page on this machine.
        artifacts: the artifacts that hold the report and the tables.
        outcomes: each tracker's outcome, with the location of its experiment.
    """
    lines = _links(artifacts, outcomes)
    lines += [f"## Files {_place(report_input.results_path)}", "", *_paths(report_input, page, outcomes)]
    command = f"servegauge report {report_input.run.run_id} --results {report_input.results_path}"
    lines += ["", "To print the report in a terminal there:", "", _code(command)]
    create_markdown_artifact(key="files", markdown="\n".join(lines), description=DESCRIPTION)


def create_comparison_file_artifact(
    compared: Sequence[ComparedRun], results: str, page: str, artifacts: Sequence[ArtifactLink]
) -> None:
    """Show where the page of a comparison is, and its tables.

    Args:
        compared: the runs.
        results: the folder or the s3:// address of the results.
        page: the path or the address of the page.
        artifacts: the artifacts that hold the tables.
    """
    lines = _links(artifacts, ())
    lines += [f"## Files {_place(results)}", "", f"- Page of the comparison: {_code(page)}", ""]
    ids = " ".join(run.report.run.run_id for run in compared)
    command = f"servegauge compare {ids} --results {results}"
    lines += ["To print the comparison in a terminal there:", "", _code(command)]
    create_markdown_artifact(key="files", markdown="\n".join(lines), description=COMPARISON_DESCRIPTION)


def _links(artifacts: Sequence[ArtifactLink], outcomes: Sequence[TrackOutcome]) -> list[str]:
    # Relative to the page of this artifact: so the link stays in the UI that is in use, and behind a proxy.
    links = [(artifact.title, f"../artifact/{artifact.id}") for artifact in artifacts]
    links += [(outcome.tracker, _page(outcome.url)) for outcome in outcomes]
    lines = [f"- [{escaped(title)}]({quote(link, safe=URL_CHARACTERS)})" for title, link in links if link]
    return ["## Open from any machine", "", *lines, ""] if lines else []


def _page(url: str | None) -> str:
    """The address of a page; empty for any other address that a tracker's server may answer with."""
    return url if url and url.startswith(("http://", "https://")) else ""


def _place(results: str) -> str:
    if results.startswith(S3):
        return "in the bucket"
    return f"on the machine {escaped(host_queue())}"


def _paths(report_input: ReportInput, page: Path, outcomes: Sequence[TrackOutcome]) -> list[str]:
    """List the files as paths to copy, because a browser does not open a link to a local file."""
    folder = f"{report_input.results_path}/files/{report_input.run.run_id}"
    files = {
        "Report page": page,
        "Page of the answers": page.with_name(SAMPLES_PAGE),
        "Server's log": page.with_name("server.log"),
    }
    lines = [f"- {name}: {_code(f'{folder}/{path.name}')}" for name, path in files.items() if path.exists()]
    local = [outcome for outcome in outcomes if outcome.folder and not outcome.url]
    return lines + [f"- {outcome.tracker} experiment: {_code(outcome.folder)}" for outcome in local]


def _code(text: object) -> str:
    """The text as code on one line."""
    return f"`{printable(' '.join(str(text).split())).replace('`', chr(39))}`"

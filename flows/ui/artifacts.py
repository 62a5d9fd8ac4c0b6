"""What a run leaves in Prefect's UI: tables, links, a failure's cause, and the events others wait for."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import UUID

from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.client.orchestration import get_client
from prefect.events import emit_event
from prefect.runtime import deployment, flow_run

from flows.run.context import Run
from tasks.errors import MeasureError, RegressionError, ServegaugeError
from tasks.record.results import RunRecord
from tasks.report.report_input import ReportInput, as_records
from tasks.report.tables.best import best
from tasks.report.tables.knees import knee_table
from tasks.report.tables.repeats import sound_by_load
from tasks.report.tables.speed import score_table, speed_tables
from tasks.track.bundle import TrackOutcome

RUN_LABEL = "servegauge.run"
"""Of a Prefect flow run: the id of the run that it recorded."""
SetRun = Callable[[Run], Run]
REUSED = "Same model, server, environment, hardware, client and load: set `refresh` to measure them again."
TAIL_LINES = 60
TAIL_BYTES = 64 * 1024


@contextmanager
def report_failure() -> Iterator[SetRun]:
    """Say why the run failed, where the block is left by an error; the block says which run it is."""
    known: list[Run] = []

    def remember(run: Run) -> Run:
        known.append(run)
        if flow_run.id:
            with get_client(sync_client=True) as client:
                client.update_flow_run_labels(UUID(flow_run.id), {RUN_LABEL: run.id})
        return run

    try:
        yield remember
    except Exception as error:
        with suppress(Exception):  # what cannot be told must not hide what has happened
            failure(_known(error), known[-1] if known else None)
        raise


def _known(error: Exception) -> ServegaugeError:
    """Any error as one that a person can read."""
    if isinstance(error, ServegaugeError):
        return error
    lines = "".join(traceback.format_exception(error)).splitlines()[-TAIL_LINES:]
    return ServegaugeError(f"{type(error).__name__}: {error}", "read the run's log", "\n".join(lines))


def failure(error: ServegaugeError, run: Run | None) -> None:
    """One Markdown artifact: what went wrong, what to do, what the server last said."""
    gate = isinstance(error, RegressionError)
    log = error.detail or (_tail(run.folder / "server.log") if run and not gate else "")
    parts = [f"# {_escaped(error.what)}", _escaped(error.remedy)]
    if log:
        title = "All of it" if gate else "The end of the server's log"
        parts += [f"## {title}\n\n````text\n{log.replace('````', '')}\n````"]
    create_markdown_artifact(key="failure", markdown="\n\n".join(parts), description=error.what)
    if run and not (gate or isinstance(error, MeasureError)):  # the others' event went out with their figures
        finished(run, "failed", {"cause": error.what, "kind": type(error).__name__})


def figures(made: ReportInput, page: Path, shown: UUID | None, tracked: TrackOutcome) -> None:
    """The sweep tables, the score table, and where report, page and the tracker's experiment are.

    `shown`: the artifact that holds the report.
    """
    scores, knees = score_table(made), knee_table(made.knees)
    for table in (*speed_tables(made), *filter(None, (knees, scores))):
        key = "scores" if table is scores else table.title.lower().replace(" ", "-").replace("_", "-")
        create_table_artifact(key=key, table=as_records(table), description=table.title)
    _origins(made)
    create_markdown_artifact(
        key="files", markdown=_places(made, page, shown, tracked), description="Where the run's files lie"
    )


def _origins(made: ReportInput) -> None:
    """Which figures are an earlier run's, and whose."""
    points = ((point.result.run_name, point.run_id) for point in made.points)
    sets = ((entry.scores[-1].dataset, entry.run_id) for entry in made.accuracy if entry.scores)
    taken = [(what, run) for what, run in (*points, *sets) if run != made.run.run_id]
    if taken:
        rows = "\n".join(f"| {_escaped(what)} | {run} |" for what, run in taken)
        text = f"{REUSED}\n\n| figures of | measured by |\n|---|---|\n{rows}"
        create_markdown_artifact(key="reused", markdown=text, description="Which figures were reused")


def _places(made: ReportInput, page: Path, shown: UUID | None, tracked: TrackOutcome) -> str:
    """Links where there is something to open, else paths to copy: a browser refuses a link to a file."""
    there = f"{made.results_path}/files/{made.run.run_id}"
    links = {"The report": f"/v2/artifacts/artifact/{shown}" if shown else None, "SwanLab": tracked.url}
    lines = [f"- [{name}]({link})" for name, link in links.items() if link]
    found = {"The report as a page": page, "The server's log": page.with_name("server.log")}
    lines += [f"- {name}: `{there}/{path.name}`" for name, path in found.items() if path.exists()]
    if tracked.folder and not tracked.url:
        lines.append(f"- The SwanLab experiment: `{tracked.folder}`")
    again = f"servegauge report {made.run.run_id} --results {made.results_path}"
    return "\n".join(
        [*lines, "", "On the machine that measured, the report in a terminal:", "", f"    {again}"]
    )


def outcome(run: Run, record: RunRecord, made: ReportInput, failures: list[str], missed: list[str]) -> None:
    """Emit `servegauge.run.finished` with the figures, and `servegauge.regression` where a gate failed."""
    found = best(sound_by_load(made.points), lambda point: point.output_token_throughput, most=True)
    payload = {
        "points": len(made.points),
        "invalid": sum(point.verdict.verdict == "invalid" for point in made.points),
        "output_tokens_per_s": found[0] if found else None,
        "knees": {knee.sweep: knee.knee for knee in made.knees},
        "scores": {s.dataset: s.value for entry in made.accuracy for s in entry.scores[-1:]},
        "failures": (failures + missed)[:20],
    }
    finished(run, record.outcome, payload)
    if missed:
        regression(run.id, run.spec.name, missed)


def finished(run: Run, outcome: str, payload: dict[str, Any]) -> None:
    """The event that a run is over and recorded."""
    _emit("servegauge.run.finished", run.id, {"spec": run.spec.name, "outcome": outcome, **payload})


def regression(run_id: str, spec: str, failures: list[str]) -> None:
    """The event that a gate did not hold; an automation turns it into a notification."""
    _emit("servegauge.regression", run_id, {"spec": spec, "failures": failures[:20], "first": failures[0]})


def reusing(run: Run, reused: int, entries: int) -> None:
    """Why stages are missing in the UI; whose figures stand in their place is told with the figures."""
    if reused:
        text = f"{reused} of {entries} measurements are taken from earlier runs in {run.results}. {REUSED}"
        create_markdown_artifact(key="reused", markdown=_escaped(text), description="Why a stage was reused")


def _emit(event: str, run_id: str, payload: dict[str, Any]) -> None:
    related = [
        {"prefect.resource.id": f"prefect.{kind}.{found}", "prefect.resource.role": kind}
        for kind, found in (("flow-run", flow_run.id), ("deployment", deployment.id))
        if found
    ]
    resource = {"prefect.resource.id": f"servegauge.run.{run_id}", "prefect.resource.name": run_id}
    emit_event(event=event, resource=resource, related=related, payload={"run_id": run_id, **payload})


def _tail(log: Path) -> str:
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - TAIL_BYTES))
            lines = file.read().decode(errors="replace").splitlines()
    except OSError:
        return ""
    return "\n".join(lines[-TAIL_LINES:])


def _escaped(text: str) -> str:
    return " ".join(text.split()).replace("<", "&lt;")

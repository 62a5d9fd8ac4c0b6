"""What a run leaves in Prefect's UI: tables, links, a failure's cause, and the events others wait for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from prefect.artifacts import create_link_artifact, create_markdown_artifact, create_table_artifact
from prefect.client.orchestration import get_client
from prefect.events import emit_event
from prefect.runtime import deployment, flow_run

from flows.run import Run
from tasks.errors import MeasureError, ServegaugeError
from tasks.record.results import RunRecord
from tasks.report.results import ReportInput, as_records
from tasks.report.tables import score_table, sweep_tables

RUN_LABEL = "servegauge.run"
"""Of a Prefect flow run: the id of the run that it recorded."""
TAIL_LINES = 60
TAIL_BYTES = 64 * 1024


@contextmanager
def told() -> Iterator[Callable[[Run], Run]]:
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
    except ServegaugeError as error:
        failure(error, known[-1] if known else None)
        raise


def failure(error: ServegaugeError, run: Run | None) -> None:
    """One Markdown artifact: what went wrong, what to do, what the server last said."""
    log = error.detail or (_tail(run.folder / "server.log") if run else "")
    parts = [f"# {_escaped(error.what)}", _escaped(error.remedy)]
    if log:
        parts += [f"## The end of the server's log\n\n````text\n{log.replace('````', '')}\n````"]
    create_markdown_artifact(key="failure", markdown="\n\n".join(parts), description=error.what)
    if run and not isinstance(error, MeasureError):  # the others' event went out with their figures
        finished(run, "failed", {"cause": error.what, "kind": type(error).__name__})


def figures(made: ReportInput, page: Path, tracker: Path | None) -> None:
    """The sweep tables, the score table and links to the report and the tracker's experiment."""
    scores = score_table(made)
    for table in (*sweep_tables(made), *((scores,) if scores else ())):
        key = "scores" if table is scores else table.title.lower().replace(" ", "-").replace("_", "-")
        create_table_artifact(key=key, table=as_records(table), description=table.title)
    where = f"The report, a page on this machine: {page}"
    create_link_artifact(key="page", link=page.resolve().as_uri(), link_text=where, description=where)
    if tracker:
        text = f"The SwanLab experiment: {tracker}"
        create_link_artifact(
            key="experiment", link=tracker.resolve().as_uri(), link_text=text, description=text
        )


def outcome(run: Run, record: RunRecord, made: ReportInput, failures: Iterable[str]) -> None:
    """Emit `servegauge.run.finished` with the figures, and `servegauge.regression` where a gate failed."""
    failed = list(failures)
    best = max((point.result.output_token_throughput for point in made.points), default=None)
    payload = {
        "points": len(made.points),
        "invalid": sum(point.verdict.verdict == "invalid" for point in made.points),
        "output_tokens_per_s": best,
        "scores": {s.dataset: s.value for entry in made.accuracy for s in entry.scores[-1:]},
        "failures": failed[:20],
    }
    finished(run, record.outcome, payload)
    if failed:
        regression(run.id, run.spec.name, failed)


def finished(run: Run, outcome: str, payload: dict[str, Any]) -> None:
    """The event that a run is over and recorded."""
    _emit("servegauge.run.finished", run.id, {"spec": run.spec.name, "outcome": outcome, **payload})


def regression(run_id: str, spec: str, failures: list[str]) -> None:
    """The event that a gate did not hold; an automation turns it into a notification."""
    _emit("servegauge.regression", run_id, {"spec": spec, "failures": failures[:20], "first": failures[0]})


def reusing(run: Run, reused: int, entries: int) -> None:
    """Why stages are missing in the UI: a note which run's figures stand in their place."""
    if reused:
        text = (
            f"{reused} of {entries} measurements are taken from earlier runs recorded in {run.results}: "
            "same model, server, environment, hardware and load. Set `refresh` to measure them again."
        )
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

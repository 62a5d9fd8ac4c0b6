"""The events that a run emits for automations: `servegauge.run.finished` and `servegauge.regression`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flows.run.run_identity import Run
from flows.run.run_results import RunProblems
from flows.ui.prefect_ui import emit_event
from tasks.measure.speed.figures.figure_registry import BY_NAME
from tasks.report.best_load import UNMET, BestLoad, best_load
from tasks.report.load_repeats import usable_repeats
from tasks.report.report_input import ReportInput

MOST_FAILURES = 20
"""The most lines of failures that an event holds."""


def emit_finished_run(report_input: ReportInput, problems: RunProblems) -> None:
    """Emit `servegauge.run.finished` with the figures, and `servegauge.regression` if the gate failed."""
    record, points = report_input.run, report_input.points
    highest = best_load(usable_repeats(points), BY_NAME["output_token_throughput"])
    scores = [entry.scores[-1] for entry in report_input.accuracy if entry.scores]
    payload = {
        "points": len(points),
        "suspect": sum(point.verdict.verdict == "suspect" for point in points),
        "invalid": sum(point.verdict.verdict == "invalid" for point in points),
        "output_tokens_per_s": highest.mean if highest else None,
        "output_tokens_per_s_verdict": ("suspect" if highest.suspect else "valid") if highest else None,
        "output_tokens_per_s_objectives": _objectives(highest),
        "knees": {knee.sweep: knee.knee for knee in report_input.knees},
        "suspect_knees": [knee.sweep for knee in report_input.knees if knee.doubts],
        "scores": {score.dataset: score.value for score in scores},
        "failures": [*problems.failures, *problems.missed][:MOST_FAILURES],
    }
    _emit_finished(record.run_id, {"spec": record.spec, "outcome": record.outcome, **payload})
    if problems.missed:
        emit_regression(record.run_id, record.spec, problems.missed)


def emit_failed_run(run: Run, error: Exception, cause: str) -> None:
    """Emit `servegauge.run.finished` for a run that an error ended before its figures were reported."""
    kind = type(error).__name__
    _emit_finished(run.id, {"spec": run.spec.name, "outcome": "failed", "cause": cause, "kind": kind})


def emit_regression(run_id: str, spec: str, failures: Sequence[str]) -> None:
    """Emit `servegauge.regression`: a gate failed. An automation turns it into a notification."""
    payload = {"spec": spec, "failures": list(failures[:MOST_FAILURES]), "first": failures[0]}
    _emit("servegauge.regression", run_id, payload)


def _objectives(best: BestLoad | None) -> str | None:
    """Return whether a load meets its sweep's objectives; None without a load or objectives."""
    if best is None or not best.point.objectives:
        return None
    return UNMET if best.unmet else "met"


def _emit_finished(run_id: str, payload: dict[str, Any]) -> None:
    _emit("servegauge.run.finished", run_id, payload)


def _emit(event: str, run_id: str, payload: dict[str, Any]) -> None:
    resource = {"prefect.resource.id": f"servegauge.run.{run_id}", "prefect.resource.name": run_id}
    emit_event(event, resource, {"run_id": run_id, **payload})

"""The gate of a run: its figures compared with its objectives, and with an earlier run."""

from __future__ import annotations

from flows.compare import load_runs
from flows.run.results import RunResults
from flows.run.run import Run
from flows.ui import console
from tasks.config.gate import PREVIOUS
from tasks.measure.speed.point_result import PointResult
from tasks.record.baseline import previous_run
from tasks.record.question_shares import question_shares
from tasks.record.results import RunRecord
from tasks.record.store import Store
from tasks.report.comparison.compared_run import ComparedRun
from tasks.report.comparison.regressions import regressions
from tasks.report.report_input import ReportInput


def gate_failures(run: Run, record: RunRecord, results: RunResults) -> list[str]:
    """Why the run's figures fail its gate, a line each; empty where they hold, or the spec has no gate.

    Raises:
        InputError: the baseline is no recorded run.
        RecordError: its tables cannot be read.
    """
    gate = run.spec.gate
    missed = _missed_objectives(run, results) if gate.objectives else []
    if gate.worse_than is None:
        return missed
    report = ReportInput(
        run=record, points=results.points, accuracy=results.accuracy, results_path=str(run.results)
    )
    answers = question_shares(Store(run.results), results.accuracy)
    return missed + _regressions(run, gate.worse_than, ComparedRun(report=report, answers=answers))


def _missed_objectives(run: Run, results: RunResults) -> list[str]:
    """A search's points are left out: a search has to find levels that miss the objectives."""
    searched = {sweep.name for sweep in run.spec.sweeps if sweep.search}
    lines = [missed_by(point.result) for point in results.points if point.result.sweep not in searched]
    return [line for line in lines if line]


def missed_by(result: PointResult) -> str | None:
    """Why a point misses its objectives, one line; None where it keeps them, or has none."""
    if not result.objectives or result.objectives_met:
        return None
    objectives = ", ".join(map(str, result.objectives))
    if result.objectives_met is None:
        few = f"{result.succeeded} requests succeeded"
        return f"{result.run_name}: its objectives cannot be judged ({objectives}): {few}"
    return f"{result.run_name}: misses its objectives ({objectives})"


def _regressions(run: Run, percent: float, new: ComparedRun) -> list[str]:
    baseline: str | None = run.spec.gate.baseline
    if baseline == PREVIOUS:
        baseline = previous_run(Store(run.results), new.report.run)
    if baseline is None:
        console.stage("gate", "no earlier run of this spec, model and hardware to compare with")
        return []
    lines = regressions((*load_runs([baseline], run.results), new), percent)
    console.stage("gate", f"{len(lines)} figures worse than in {baseline} by more than {percent:g} %")
    reason = f"worse than in {baseline} by more than {percent:g} %"
    return [f"{reason}: {line.removeprefix('B: ')}" for line in lines]

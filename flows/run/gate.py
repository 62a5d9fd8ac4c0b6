"""The gate of a run: its figures against its objectives, and against those of an earlier run."""

from __future__ import annotations

from flows.compare import load_runs
from flows.run.context import Run
from flows.ui import console
from tasks.config.gate import PREVIOUS, Gate
from tasks.measure.results import PointResult
from tasks.record.baseline import previous_run
from tasks.record.question_shares import question_shares
from tasks.record.results import RecordedAccuracy, RecordedPoint, RunRecord
from tasks.record.store import Store
from tasks.report.comparison.compared import ComparedRun
from tasks.report.comparison.tables import worse
from tasks.report.report_input import ReportInput


def gate_failures(
    run: Run,
    record: RunRecord,
    points: tuple[RecordedPoint, ...],
    accuracy: tuple[RecordedAccuracy, ...],
) -> list[str]:
    """Why the run's figures are not good enough, a line each; none where they are, or nothing is asked.

    Raises:
        InputError: the baseline is no recorded run.
        RecordError: its tables cannot be read.
    """
    gate = run.spec.gate
    searched = {sweep.name for sweep in run.spec.sweeps if sweep.search}  # it has to find what misses them
    held = (point for point in points if gate.objectives and point.result.sweep not in searched)
    missed = [why for point in held if (why := missed_by(point.result))]
    if gate.worse_than is None:
        return missed
    report = ReportInput(run=record, points=points, accuracy=accuracy, results_path=str(run.results))
    answers = question_shares(Store(run.results), accuracy)
    return missed + _worse(run, gate, gate.worse_than, ComparedRun(report=report, answers=answers))


def missed_by(result: PointResult) -> str | None:
    """What a point lacks of its objectives; None where it keeps them, or has none."""
    if not result.objectives or result.objectives_met:
        return None
    objectives = ", ".join(map(str, result.objectives))
    if result.objectives_met is None:
        few = f"{result.succeeded} requests succeeded"
        return f"{result.run_name}: its objectives cannot be judged ({objectives}): {few}"
    return f"{result.run_name}: misses its objectives ({objectives})"


def _worse(run: Run, gate: Gate, percent: float, new: ComparedRun) -> list[str]:
    wanted = gate.baseline
    baseline = previous_run(Store(run.results), new.report.run) if wanted == PREVIOUS else wanted
    if baseline is None:
        console.stage("gate", "no earlier run of this spec, model and hardware to be held against")
        return []
    lines = worse((*load_runs([baseline], run.results), new), percent)
    console.stage("gate", f"{len(lines)} figures worse than in {baseline} by more than {percent:g} %")
    return [
        f"worse than in {baseline} by more than {percent:g} %: {line.removeprefix('B: ')}" for line in lines
    ]

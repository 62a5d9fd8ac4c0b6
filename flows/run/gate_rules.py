"""The gate of a run: its figures compared with its objectives, and with an earlier run."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain

from flows.run.run_identity import Run
from flows.run.run_results import RunResults
from flows.ui import console
from tasks.config.base import Frozen
from tasks.config.gate import PREVIOUS
from tasks.measure.speed.figures.point_result import PointResult
from tasks.record.baseline import previous_run
from tasks.record.named_run import gate_baseline
from tasks.record.question_shares import question_shares
from tasks.record.results import RecordedPoint, RunRecord
from tasks.record.store import Store
from tasks.report.comparison.compared_run import ComparedRun
from tasks.report.comparison.judged_runs import load_runs
from tasks.report.comparison.knee_lines import knee_lines
from tasks.report.comparison.knee_notes import unequal_searches
from tasks.report.comparison.regressions import lost_figures, missing_figures, regressions
from tasks.report.comparison.undecided import undecided, undecided_line
from tasks.report.comparison.undecided_scores import undecided_scores
from tasks.report.comparison.work_notes import work_notes
from tasks.report.report_input import ReportInput


class GatedRun(Frozen):
    """The input of the gate's rules; `record` is the run's row, with the outcome still `running`."""

    run: Run
    record: RunRecord
    results: RunResults


def gate_failures(gated: GatedRun) -> list[str]:
    """Return one line for each failure of the run's gate; empty if it passes or the spec has no gate.

    Raises:
        InputError: the baseline run is not recorded.
        RecordError: the baseline's tables cannot be read.
    """
    return list(chain.from_iterable(rule(gated) for rule in RULES))


def missed_objectives(gated: GatedRun) -> list[str]:
    """The rule `gate.objectives`. It ignores searches: these miss objectives on purpose."""
    spec = gated.run.spec
    if not spec.gate.objectives:
        return []
    searched = {sweep.name for sweep in spec.sweeps if sweep.search}
    points = [point for point in gated.results.points if point.result.sweep not in searched]
    return [line for line in map(missed_line, points) if line]


def missed_line(point: RecordedPoint) -> str | None:
    """Return the line of `missed_by` for a point; it says so if the point is suspect."""
    line = missed_by(point.result)
    return f"{line} (the point is suspect)" if line and point.verdict.verdict == "suspect" else line


def missed_by(result: PointResult) -> str | None:
    """Return one line that says how a point misses its objectives; None if it meets them or has none."""
    if not result.objectives or result.objectives_met:
        return None
    objectives = ", ".join(map(str, result.objectives))
    if result.objectives_met is None:
        reason = f"{result.succeeded} requests succeeded"
        return f"{result.run_name}: its objectives cannot be judged ({objectives}): {reason}"
    return f"{result.run_name}: misses its objectives ({objectives})"


def worse_than_baseline(gated: GatedRun) -> list[str]:
    """The rule `gate.worse_than`. Without an earlier run of this spec, model and hardware it passes."""
    gate, percent = gated.run.spec.gate, gated.run.spec.gate.worse_than
    if percent is None:
        return []
    results = gated.run.results
    store = Store(results)
    is_previous = gate.baseline == PREVIOUS
    baseline = previous_run(store, gated.record) if is_previous else gate_baseline(store, gate.baseline)
    if baseline is None:
        console.stage("gate", "no earlier run of this spec, model and hardware to compare with")
        return []
    (base,), new = load_runs([baseline], results), as_compared(gated)
    lines = regressions((base, new), percent)
    console.stage("gate", f"{len(lines)} figures worse than in {baseline} by more than {percent:g} %")
    reason = f"worse than in {baseline} by more than {percent:g} %"
    for doubt in gate_doubts(base, new):
        console.stage("gate", doubt, "yellow")
    failures = [f"{reason}: {line.removeprefix('B: ')}" for line in lines]
    still_open = _open_figures(base, new, percent)
    return failures + (still_open if gate.enough_repeats else [])


def gate_doubts(base: ComparedRun, new: ComparedRun) -> list[str]:
    """Return a line for each load or score of the baseline that the run lacks, or that was other work.

    A knee that fell is a doubt too, and no failure: how often noise alone sets two searches apart is unknown.
    """
    lacking = [line.removeprefix("B: ") for line in missing_figures((base, new))]
    unequal = (*work_notes((base, new)), *unequal_searches((base, new)))
    return [
        *(f"in the baseline, not compared: {line}" for line in lacking),
        *(f"{note} (A: the baseline, B: this run)" for note in unequal),
        *(f"{line}; a knee alone fails no gate" for line in knee_lines(base, new, "worse")),
    ]


def _open_figures(base: ComparedRun, new: ComparedRun, percent: float) -> list[str]:
    """Print how many figures cannot be judged; return a line for each: too noisy, or no longer measured."""
    noisy = undecided(base, new, percent)
    if noisy:
        console.stage("gate", undecided_line(noisy, percent))
    scores = [score.text(percent) for score in undecided_scores(base, new, percent)]
    for line in scores:
        console.stage("gate", line)
    lost = [line.removeprefix("B: ") for line in lost_figures((base, new))]
    if lost:
        console.stage("gate", f"figures of the baseline are missing: {'; '.join(lost)}", "yellow")
    return [*(figure.text(percent) for figure in noisy), *scores, *lost]


def as_compared(gated: GatedRun) -> ComparedRun:
    """The gated run as input of a comparison."""
    location, results = gated.run.results, gated.results
    report = ReportInput(
        run=gated.record,
        points=results.points,
        knees=results.knees,
        accuracy=results.accuracy,
        results_path=str(location),
    )
    return ComparedRun(report=report, answers=question_shares(Store(location), results.accuracy))


RULES: tuple[Callable[[GatedRun], list[str]], ...] = (missed_objectives, worse_than_baseline)
"""Each rule returns one line for every failure. To add a rule, write a function and list it here."""

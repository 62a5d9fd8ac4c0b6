"""A made-up report that has every case once."""

from __future__ import annotations

from itertools import chain
from typing import Any

from tasks.audit.verdict import Verdict
from tasks.record.results import RecordedPoint
from tasks.report.measured_sweep import MeasuredSweep, measured_sweeps
from tasks.report.report_input import ReportInput
from tasks.report.request_charts_input import (
    TIMES,
    Distribution,
    RequestCounts,
    RequestSample,
    SampledRequest,
)
from tasks.report.table import Table
from tasks.report.turn_figures import TurnRequest, turn_figures
from tests.record import made_up

SUSPECT = Verdict(verdict="suspect", reasons=("late, made up",), checks=(made_up.check(),))
INVALID = Verdict(verdict="invalid", reasons=("wrong, made up",))


def points() -> tuple[RecordedPoint, ...]:
    """Five sweeps: several loads, one load, repeats, a reused point, a point without a success."""
    checks = (made_up.check(), made_up.check("valid"), made_up.check("unchecked"))
    suspect = Verdict(verdict="suspect", reasons=("two waves, made up",), checks=checks)
    invalid = Verdict(verdict="invalid", reasons=("no request succeeded",))
    repeats = [made_up.point("twice", load, 40, repeat=repeat) for load in (4, 8) for repeat in (1, 2)]
    return (
        made_up.recorded(made_up.point(concurrency=100, requests=200, failed=3), verdict=suspect),
        made_up.recorded(made_up.point(concurrency=1, requests=5)),
        made_up.recorded(made_up.point(concurrency=10, requests=50)),
        made_up.recorded(made_up.expensive(made_up.bounded(made_up.point("one-load", 20, 100), 4.0))),
        *map(made_up.recorded, repeats),
        made_up.recorded(made_up.point("again", 20, 100), "run-0"),
        made_up.recorded(made_up.point("broken", 20, 100, failed=100), verdict=invalid),
    )


def report(**fields: Any) -> ReportInput:
    """A report of `points()`, with some fields replaced."""
    sweeps = dict.fromkeys(point.result.sweep for point in points())
    defaults = {
        "run": made_up.run().model_copy(update={"sweeps": tuple(sweeps)}),
        "points": points(),
        "knees": (made_up.knee(), made_up.knee("one-load").model_copy(update={"knee": None, "low": None})),
        "accuracy": (made_up.accuracy(),),
        "results_path": "results",
    }
    return ReportInput.model_validate(defaults | fields)


def with_warnings(*warnings: str) -> ReportInput:
    """A report whose run has these warnings."""
    return report(run=made_up.run().model_copy(update={"warnings": warnings}))


def sweep(name: str) -> MeasuredSweep:
    """One sweep of the report."""
    return next(sweep for sweep in measured_sweeps(report()) if sweep.name == name)


def sweep_of(*measured: RecordedPoint) -> MeasuredSweep:
    """The sweep that points of one sweep make."""
    (only,) = measured_sweeps(report(points=measured))
    return only


def all_suspect() -> ReportInput:
    """A run of three loads and a search, all of them suspect."""
    loads = [made_up.bounded(made_up.expensive(made_up.point(concurrency=load)), 4.0) for load in (1, 4, 8)]
    repeats = [made_up.point("twice", 4, repeat=repeat) for repeat in (1, 2)]
    measured = [made_up.recorded(result, verdict=SUSPECT) for result in (*loads, *repeats)]
    knee = made_up.knee().model_copy(update={"doubts": SUSPECT.reasons})
    return report(points=tuple(measured), knees=(knee,))


def cells(table: Table, column: str) -> list[str]:
    """The cells of a column."""
    index = [entry.name for entry in table.columns].index(column)
    return [row[index] for row in table.rows]


def with_requests(measured: ReportInput) -> ReportInput:
    """The report with single requests: a distribution of each time of each load, and two over the run."""
    loads = {(point.result.sweep, point.result.load.label) for point in measured.points}
    distributions = [
        Distribution(
            sweep=sweep,
            load_label=label,
            time=time,
            count=4,
            values=(0.1, 0.2, 0.3, 0.4),
            shares=(0.25, 0.5, 0.75, 1.0),
            box=(0.1, 0.175, 0.25, 0.325, 0.4, 0.4),
        )
        for sweep, label in sorted(loads)
        for time in TIMES
    ]
    quick = SampledRequest(
        seconds=1, sweep="throughput", load_label="c1", ttft_s=0.05, latency_s=1.1, succeeded=True
    )
    failed = quick.model_copy(update={"seconds": 2, "ttft_s": None, "latency_s": None, "succeeded": False})
    sample = RequestSample(requests=(quick, failed), counts=RequestCounts(total=2))
    return measured.model_copy(update={"distributions": tuple(distributions), "requests": sample})


def with_turns(measured: MeasuredSweep) -> MeasuredSweep:
    """The sweep as if each load had sent a conversation of two turns."""
    requests = [TurnRequest(1, None, 500, 0, 0.05, 0.01), TurnRequest(2, 1500, 2000, 1500, 0.08, 0.01)]
    figures = [turn_figures(measured.name, point.result.load.label, requests) for point in measured.points]
    return measured.model_copy(update={"turns": tuple(chain.from_iterable(figures))})


def with_conversations(measured: ReportInput) -> ReportInput:
    """The report as if each load had sent ten conversations of two turns."""
    requests = [
        TurnRequest(turn, 1500 * (turn - 1) or None, 2000, 750 * turn, 0.05 * turn, 0.01)
        for turn in (1, 2)
        for _ in range(10)
    ]
    loads = dict.fromkeys((point.result.sweep, point.result.load.label) for point in measured.points)
    figures = [turn_figures(sweep, label, requests) for sweep, label in loads]
    return measured.model_copy(update={"turns": tuple(chain.from_iterable(figures))})

"""Throughput, latency, TTFT and TPOT of several runs over the load, one line a run."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.report.charts.chart import Chart, Row
from tasks.report.charts.figure_rows import figure_rows, levels_of, usable_loads
from tasks.report.charts.load_axis import load_axis, load_name
from tasks.report.charts.load_curves import STATISTIC, curve_layers
from tasks.report.charts.run_colours import RUN, run_colour
from tasks.report.charts.times import TIMES, time_factor, time_title
from tasks.report.charts.vega_style import spec
from tasks.report.comparison.compared_run import LETTERS, ComparedRun
from tasks.report.load_repeats import Repeats
from tasks.report.measured_sweep import measured_sweeps

THROUGHPUT = "output, tok/s"


def overlaid_charts(runs: Sequence[ComparedRun]) -> list[Chart]:
    """Return four charts for each sweep that runs measured at several loads."""
    loads_of_sweeps: dict[str, list[tuple[str, list[Repeats]]]] = {}
    for letter, run in zip(LETTERS, runs, strict=False):
        for sweep in measured_sweeps(run.report):
            loads_of_sweeps.setdefault(sweep.name, []).append((letter, usable_loads(sweep)))
    charts = []
    for name, of_runs in loads_of_sweeps.items():
        if len(levels_of([load for _, loads in of_runs for load in loads])) > 1:
            charts += _charts(name, of_runs, len(runs))
    return charts


def _charts(sweep: str, of_runs: Sequence[tuple[str, list[Repeats]]], runs: int) -> list[Chart]:
    figures = {THROUGHPUT: ("output_token_throughput", 1.0)}
    figures |= {time_title(time): (f"{time}_mean_s", time_factor(time)) for time in TIMES}
    everything = [load for _, loads in of_runs for load in loads]
    axis = load_axis(load_name(everything), levels_of(everything))
    charts = []
    for title, (figure, factor) in figures.items():
        rows: list[Row] = []
        for letter, loads in of_runs:
            found = figure_rows(loads, axis["field"], title, {"mean": figure}, factor)
            rows += [{RUN: letter, **_without_statistic(row)} for row in found]
        if rows:
            drawn = spec(curve_layers(axis, title, run_colour(runs), rows, RUN))
            suspect = any(row["verdict"] == "suspect" for row in rows)
            charts.append(Chart(f"{sweep}: {title}, mean", drawn, rows, suspect=suspect))
    return charts


def _without_statistic(row: Row) -> dict[str, object]:
    return {name: value for name, value in row.items() if name != STATISTIC}

"""Latency, TTFT and TPOT of a sweep over its load."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.report.charts.chart import Chart, Row, Spec
from tasks.report.charts.figure_rows import any_suspect, figure_rows, levels_of, usable_loads
from tasks.report.charts.load_axis import load_axis, load_name
from tasks.report.charts.load_curves import STATISTIC, TOGETHER, curve_layers, knee_layers
from tasks.report.charts.one_load_charts import one_load_charts
from tasks.report.charts.repeats_together import repeats_note, time_over_repeats
from tasks.report.charts.times import TIMES, statistic_label, time_factor, time_title
from tasks.report.charts.vega_style import named_colours, spec
from tasks.report.load_repeats import Repeats
from tasks.report.measured_sweep import MeasuredSweep

STATISTICS = ("mean", "p50", "p95")
"""The curves of each chart."""


def time_charts(sweep: MeasuredSweep) -> list[Chart]:
    """Return a chart for each time, over the load; of a single load, its statistics as bars."""
    loads = usable_loads(sweep)
    levels = levels_of(loads)
    if len(levels) < 2:
        return one_load_charts(sweep, loads[0]) if len(loads) == 1 else []
    axis = load_axis(load_name(loads), levels)
    charts = [_chart(sweep, loads, axis, time) for time in TIMES]
    return [chart for chart in charts if chart.rows]


def _chart(sweep: MeasuredSweep, loads: Sequence[Repeats], axis: Spec, time: str) -> Chart:
    """Return mean, P50 and P95 over the load. The legend omits a percentile that no point has."""
    title = time_title(time)
    figures = {statistic_label(statistic): f"{time}_{statistic}_s" for statistic in STATISTICS}
    rows: Sequence[Row] = figure_rows(loads, axis["field"], title, figures, time_factor(time))
    if any(len(repeats.points) > 1 for repeats in loads):
        rows = _with_repeats_together(rows, sweep, loads, axis["field"], time)
    names = [name for name in figures if any(row[STATISTIC] == name for row in rows)]
    colour = {"field": STATISTIC, "type": "nominal", "scale": named_colours(names)}
    drawn = spec([*knee_layers(sweep.knee, axis), *curve_layers(axis, title, colour, rows)])
    note = repeats_note(sweep, loads) if time == "latency" else ""
    return Chart(title, drawn, rows, "third", any_suspect(loads), note)


def _with_repeats_together(
    rows: Sequence[Row], sweep: MeasuredSweep, loads: Sequence[Repeats], load: str, time: str
) -> list[Row]:
    """Return the rows with the column TOGETHER: the statistic of all repeats of the load.

    Args:
        rows: a row for each statistic, load and repeat.
        sweep: the sweep, with the distributions of its requests.
        loads: its loads.
        load: the column of the load.
        time: the time that the rows show.
    """
    together: dict[tuple[str, float], float | None] = {}
    for statistic in STATISTICS:
        for repeats in loads:
            value = time_over_repeats(sweep, repeats, time, statistic)
            scaled = None if value is None else value * time_factor(time)
            together[statistic_label(statistic), repeats.first.load.level] = scaled
    return [{**row, TOGETHER: together[row[STATISTIC], row[load]]} for row in rows]

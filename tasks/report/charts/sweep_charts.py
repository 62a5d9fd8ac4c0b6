"""Throughput, latency, TTFT and TPOT of a sweep over its load."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tasks.record.results import RecordedPoint
from tasks.report.charts.chart import Chart, Row, Spec
from tasks.report.charts.load_axis import labelled, load_axis, load_name
from tasks.report.charts.load_curves import (
    REPEAT,
    STATISTIC,
    VERDICT,
    curve_layers,
    knee_layers,
    mean_transform,
    value_axis,
)
from tasks.report.charts.one_load_charts import one_load_charts
from tasks.report.charts.times import TIMES, statistic_label, time_factor, time_title
from tasks.report.charts.vega_style import MAIN, named_colours, spec
from tasks.report.load_repeats import Repeats, usable_repeats
from tasks.report.measured_sweep import MeasuredSweep

STATISTICS = ("mean", "p50", "p95")
"""The curves of latency, TTFT and TPOT."""
THROUGHPUT = "output, tok/s"


def sweep_charts(sweep: MeasuredSweep) -> list[Chart]:
    """Return a chart each for throughput and times over the load. For a single load, the times are bars.

    Points that are invalid or without a successful request are left out; without a point there is no chart.
    """
    loads = sorted(usable_repeats(sweep.points), key=lambda repeats: repeats.first.load.sort_key)
    levels = sorted({repeats.first.load.level for repeats in loads})
    if len(levels) < 2:
        return one_load_charts(loads[0]) if loads else []
    axis = load_axis(load_name(loads), levels)
    charts = [_throughput_chart(sweep, loads, axis, levels)]
    charts += [_time_chart(sweep, loads, axis, time) for time in TIMES]
    return [chart for chart in charts if chart.rows]


def _throughput_chart(
    sweep: MeasuredSweep, loads: Sequence[Repeats], axis: Spec, levels: Sequence[float]
) -> Chart:
    rows = figure_rows(loads, axis["field"], THROUGHPUT, {"mean": "output_token_throughput"})
    load = axis["field"]
    label: Spec = {
        "transform": [
            *mean_transform(load, THROUGHPUT),
            {"filter": {"field": load, "oneOf": labelled(levels)}},
        ],
        "mark": {"type": "text", "dy": -12},
        "encoding": {
            "x": axis,
            "y": value_axis(THROUGHPUT),
            "text": {"field": THROUGHPUT, "type": "quantitative", "format": ",.0f"},
        },
    }
    layers = curve_layers(axis, THROUGHPUT, {"value": MAIN}, rows)
    drawn = spec([*knee_layers(sweep.knee, axis), *layers, label])
    return Chart("Output throughput, tok/s", drawn, rows, suspect=_any_suspect(loads))


def _time_chart(sweep: MeasuredSweep, loads: Sequence[Repeats], axis: Spec, time: str) -> Chart:
    """Return mean, P50 and P95 over the load. The legend omits a percentile that no point has."""
    title = time_title(time)
    figures = {statistic_label(statistic): f"{time}_{statistic}_s" for statistic in STATISTICS}
    rows = figure_rows(loads, axis["field"], title, figures, time_factor(time))
    names = [name for name in figures if any(row[STATISTIC] == name for row in rows)]
    colour = {"field": STATISTIC, "type": "nominal", "scale": named_colours(names)}
    layers = curve_layers(axis, title, colour, rows)
    return Chart(title, spec([*knee_layers(sweep.knee, axis), *layers]), rows, suspect=_any_suspect(loads))


def figure_rows(
    loads: Sequence[Repeats], load: str, title: str, figures: dict[str, str], factor: float = 1
) -> list[Row]:
    """Return a row for each statistic and point that has it.

    Args:
        loads: the points.
        load: the column of the load.
        title: the column of the value.
        figures: the name of the recorded figure by statistic.
        factor: converts the recorded figure into the unit of the title.
    """
    rows: list[Row] = []
    for statistic, figure in figures.items():
        for repeats in loads:
            points = (point for point in repeats.points if point.result[figure] is not None)
            rows += [_row(point, load, statistic, title, figure, factor) for point in points]
    return rows


def _row(
    point: RecordedPoint, load: str, statistic: str, title: str, figure: str, factor: float
) -> dict[str, Any]:
    result = point.result
    return {
        load: result.load.level,
        REPEAT: result.repeat,
        STATISTIC: statistic,
        title: result.known(figure) * factor,
        VERDICT: point.verdict.verdict,
    }


def _any_suspect(loads: Sequence[Repeats]) -> bool:
    return any(repeats.suspect for repeats in loads)

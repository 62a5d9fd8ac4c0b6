"""The output throughput of a sweep over its load."""

from __future__ import annotations

from tasks.report.charts.chart import Chart, Spec
from tasks.report.charts.figure_rows import any_suspect, figure_rows, levels_of, usable_loads
from tasks.report.charts.load_axis import labelled, load_axis, load_name
from tasks.report.charts.load_curves import curve_layers, knee_layers, mean_transform, value_axis
from tasks.report.charts.vega_style import MAIN, spec
from tasks.report.measured_sweep import MeasuredSweep

THROUGHPUT = "output, tok/s"


def throughput_charts(sweep: MeasuredSweep) -> list[Chart]:
    """Return throughput over the load, each load with its value; nothing for a single load."""
    loads = usable_loads(sweep)
    levels = levels_of(loads)
    if len(levels) < 2:
        return []
    axis = load_axis(load_name(loads), levels)
    rows = figure_rows(loads, axis["field"], THROUGHPUT, {"mean": "output_token_throughput"})
    layers = curve_layers(axis, THROUGHPUT, {"value": MAIN}, rows)
    drawn = spec([*knee_layers(sweep.knee, axis), *layers, _labels(axis, levels)])
    return [Chart("Output throughput, tok/s", drawn, rows, suspect=any_suspect(loads))] if rows else []


def _labels(axis: Spec, levels: list[float]) -> Spec:
    """Return the layer with the mean throughput of each load in figures."""
    load = axis["field"]
    kept = {"filter": {"field": load, "oneOf": labelled(levels)}}
    return {
        "transform": [*mean_transform(load, THROUGHPUT), kept],
        "mark": {"type": "text", "dy": -12},
        "encoding": {
            "x": axis,
            "y": value_axis(THROUGHPUT),
            "text": {"field": THROUGHPUT, "type": "quantitative", "format": ",.0f"},
        },
    }

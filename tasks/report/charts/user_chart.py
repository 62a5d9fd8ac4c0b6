"""What a GPU puts out against what one user gets, load by load."""

from __future__ import annotations

from tasks.report.charts.chart import Chart, Row, Spec
from tasks.report.charts.figure_rows import levels_of, usable_loads
from tasks.report.charts.load_axis import load_name
from tasks.report.charts.vega_style import MAIN, PAPER, number, spec, word
from tasks.report.load_repeats import Repeats, is_suspect
from tasks.report.measured_sweep import MeasuredSweep

USER, GPU, SERVER = "output, tok/s/user", "output, tok/s/GPU", "output, tok/s"
REPEAT, VERDICT = "repeat", "verdict"


def user_charts(sweep: MeasuredSweep) -> list[Chart]:
    """Return throughput against the speed for one user; nothing for a single load.

    Throughput is that of one GPU; that of the server where its GPUs are not known.
    """
    loads = usable_loads(sweep)
    if len(levels_of(loads)) < 2:
        return []
    has_gpus = any(result["output_throughput_per_gpu"] for repeats in loads for result in repeats.results)
    load, throughput = load_name(loads), GPU if has_gpus else SERVER
    rows = [row for repeats in loads for row in _rows(repeats, load, throughput)]
    if not rows:
        return []
    title = "Output a GPU against output a user" if has_gpus else "Output against output a user"
    suspect = any(row[VERDICT] == "suspect" for row in rows)
    return [Chart(title, spec(_layers(load, throughput)), rows, suspect=suspect)]


def _rows(repeats: Repeats, load: str, throughput: str) -> list[Row]:
    figure = "output_throughput_per_gpu" if throughput == GPU else "output_token_throughput"
    rows: list[Row] = []
    for point in repeats.points:
        user, output = point.result["output_throughput_per_user"], point.result[figure]
        if user is not None and output is not None:
            row = {load: point.result.load.level, REPEAT: point.result.repeat, USER: user, throughput: output}
            rows.append(row | {VERDICT: "suspect" if is_suspect(point) else "valid"})
    return rows


def _layers(load: str, throughput: str) -> list[Spec]:
    """Return a line through the means of the repeats, from load to load, with the load at each marker."""
    means = [
        {"calculate": f"datum.{VERDICT} == 'suspect' ? 1 : 0", "as": "is_suspect"},
        {
            "aggregate": [
                {"op": "mean", "field": USER, "as": USER},
                {"op": "mean", "field": throughput, "as": throughput},
                {"op": "max", "field": "is_suspect", "as": "is_suspect"},
            ],
            "groupby": [load],
        },
        {"calculate": "datum.is_suspect ? 'suspect' : 'valid'", "as": VERDICT},
    ]
    zero, shown = {"zero": True, "nice": True}, {"format": "~s", "tickCount": 5}
    place: Spec = {
        "x": {"field": USER, "type": "quantitative", "scale": zero, "axis": {"title": USER, **shown}},
        "y": {
            "field": throughput,
            "type": "quantitative",
            "scale": zero,
            "axis": {"title": throughput, **shown},
        },
        "order": {"field": load, "type": "quantitative"},
    }
    fill = {"condition": {"test": f"datum.{VERDICT} == 'suspect'", "value": PAPER}, "value": MAIN}
    tooltip = [number(load), number(USER), number(throughput), word(VERDICT)]
    marker = {"type": "point", "size": 50, "stroke": MAIN, "strokeWidth": 2, "opacity": 1}
    return [
        {"transform": means, "mark": {"type": "line", "color": MAIN}, "encoding": place},
        {"transform": means, "mark": marker, "encoding": {**place, "fill": fill, "tooltip": tooltip}},
        {
            "transform": means,
            "mark": {"type": "text", "dy": -12},
            "encoding": {**place, "text": {"field": load, "type": "quantitative", "format": "~g"}},
        },
    ]

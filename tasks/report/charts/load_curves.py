"""The layers of a chart that shows a figure over the load: lines, markers, repeats and the knee."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.plan.search import Knee
from tasks.report.charts.chart import Row, Spec
from tasks.report.charts.vega_style import GRID, PAPER, SOFT, number, word

STATISTIC, REPEAT, VERDICT = "statistic", "repeat", "verdict"
"""Columns of the data, besides the load and the figure."""
TOGETHER = "all repeats"
"""The column of what the line shows, where that is not the mean of the repeats; each of them has the same."""
SUSPECT = "suspect"
_SUSPECT = "is_suspect"
_DASHES = [[1, 0], [6, 4], [2, 4]]


def curve_layers(
    load_axis: Spec, figure: str, colour: Spec, rows: Sequence[Row], series: str = STATISTIC
) -> list[Spec]:
    """Return a line through the repeats' means, with a marker for each load and a dot for each repeat.

    Where the rows have the column TOGETHER, the line goes through that.

    Args:
        load_axis: the encoding of the x axis.
        figure: the column of the figure, with its unit.
        colour: the encoding of the colour.
        rows: the data: a row for each load, repeat and line.
        series: the column that tells the lines apart.
    """
    load, of = load_axis["field"], TOGETHER if rows and TOGETHER in rows[0] else figure
    means = mean_transform(load, figure, series, of)
    place = {"x": load_axis, "y": value_axis(figure), "color": colour}
    line: Spec = {"transform": means, "mark": "line", "encoding": place | dashes(colour)}
    marker: Spec = {
        "transform": means,
        "mark": {"type": "point", "filled": True, "size": 60, "opacity": 1},
        "encoding": place,
    }
    tooltip = [number(load), word(series), number(figure), number("repeats"), word(VERDICT)]
    target: Spec = {
        "transform": means,
        "mark": {"type": "point", "size": 420, "opacity": 0, "filled": True},
        "encoding": {"x": load_axis, "y": value_axis(figure), "tooltip": tooltip},
    }
    layers = [line, marker, target]
    if any(row[REPEAT] > 1 for row in rows):
        dot = {"type": "point", "filled": True, "size": 16, "opacity": 0.4}
        layers.insert(1, {"mark": dot, "encoding": place})
    if any(row[VERDICT] == SUSPECT for row in rows):
        layers.insert(-1, _hollow(marker))
    return layers


def _hollow(marker: Spec) -> Spec:
    """Return the layer that makes the markers of suspect figures hollow."""
    only_suspect = {"filter": f"datum.{VERDICT} == '{SUSPECT}'"}
    mark = {"type": "point", "fill": PAPER, "strokeWidth": 2, "size": 46, "opacity": 1}
    return {**marker, "transform": [*marker["transform"], only_suspect], "mark": mark}


def mean_transform(load: str, figure: str, series: str = STATISTIC, of: str = "") -> list[Spec]:
    """Return the transform that replaces the repeats of each load by their mean; suspect if one is.

    Args:
        load: the column of the load.
        figure: the column of the figure.
        series: the column that tells the lines apart.
        of: the column whose mean becomes the figure; its own by default.
    """
    fields = [
        {"op": "mean", "field": of or figure, "as": figure},
        {"op": "count", "as": "repeats"},
        {"op": "max", "field": _SUSPECT, "as": _SUSPECT},
    ]
    return [
        {"calculate": f"datum.{VERDICT} == '{SUSPECT}' ? 1 : 0", "as": _SUSPECT},
        {"aggregate": fields, "groupby": [load, series]},
        {"calculate": f"datum.{_SUSPECT} ? '{SUSPECT}' : 'valid'", "as": VERDICT},
    ]


def value_axis(figure: str) -> Spec:
    """Return the encoding of a y axis that begins at 0; its title is the figure's unit."""
    return {
        "field": figure,
        "type": "quantitative",
        "scale": {"zero": True, "nice": True},
        "axis": {"title": figure.rpartition(", ")[2]},
    }


def dashes(colour: Spec) -> Spec:
    """Return the encoding of dashes that tell the lines apart without colours."""
    if "field" not in colour or len(colour["scale"]["domain"]) > len(_DASHES):
        return {}
    domain = colour["scale"]["domain"]
    scale = {"domain": domain, "range": _DASHES[: len(domain)]}
    return {"strokeDash": {"field": colour["field"], "type": "nominal", "scale": scale}}


def knee_layers(knee: Knee | None, load_axis: Spec) -> list[Spec]:
    """Return the interval that holds the knee, a line at it and its name; nothing without a knee."""
    if knee is None or knee.knee is None:
        return []
    at = {"x": {**load_axis, "field": "level"}}
    line: Spec = {
        "data": {"values": [{"level": knee.knee}]},
        "mark": {"type": "rule", "strokeDash": [4, 4], "stroke": SOFT},
        "encoding": at,
    }
    name: Spec = {
        "data": {"values": [{"level": knee.knee, "name": "knee"}]},
        "mark": {"type": "text", "align": "right", "dx": -5, "y": 8},
        "encoding": {**at, "text": {"value": {"expr": "translated('knee')"}}},
    }
    if knee.low is None or knee.high is None:
        return [line, name]
    band: Spec = {
        "data": {"values": [{"low": knee.low, "high": knee.high}]},
        "mark": {"type": "rect", "fill": GRID, "opacity": 0.55},
        "encoding": {"x": {**load_axis, "field": "low"}, "x2": {"field": "high"}},
    }
    return [band, line, name]

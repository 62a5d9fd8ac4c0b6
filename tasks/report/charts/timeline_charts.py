"""The telemetry of a run: server, GPUs and machine over time."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from statistics import median

from tasks.report.charts.chart import Chart, Row, Spec
from tasks.report.charts.time_axis import SECONDS, time_axis, time_spec, value_axis
from tasks.report.charts.vega_style import MAIN, SECOND, named_colours, number, word
from tasks.report.report_input import ReportInput, TimelineCurve

GAP_S = 4.0
"""Longest gap between samples, in seconds, that a curve spans. Telemetry pauses between load points."""
_HEIGHT = 110


def timeline_charts(report: ReportInput) -> list[Chart]:
    """Return a chart for each group of curves, all over the same time; nothing without telemetry."""
    panels: dict[str, list[TimelineCurve]] = {}
    for curve in report.timeline:
        panels.setdefault(curve.panel, []).append(curve)
    return [_chart(report, title, curves) for title, curves in panels.items()]


def _chart(report: ReportInput, title: str, curves: Sequence[TimelineCurve]) -> Chart:
    name, _, unit = title.partition(", ")
    rows = [row for curve in curves for row in _rows(curve, title)]
    several = len(curves) > 1
    colour: Spec = {"value": MAIN}
    if several:
        scale = named_colours([curve.name for curve in curves], (MAIN, SECOND))
        colour = {"field": "curve", "type": "nominal", "scale": scale}
    y = value_axis(title, unit)
    place = {"x": time_axis(), "y": y, "detail": {"field": "part", "type": "nominal"}, "color": colour}
    tooltip = [number(SECONDS, form=",.1f"), number(title, name), *([word("curve")] if several else [])]
    line: Spec = {"mark": {"type": "line", "strokeWidth": 1.6, "clip": True}, "encoding": place}
    target: Spec = {
        "mark": {"type": "point", "opacity": 0, "size": 60, "filled": True, "clip": True},
        "encoding": {"x": time_axis(), "y": y, "tooltip": tooltip},
    }
    return Chart(title, time_spec([line, target], report, _HEIGHT), rows, width="full")


def _rows(curve: TimelineCurve, title: str) -> list[Row]:
    """Return a row for each sample; `part` grows at every gap, so that no line spans it."""
    gaps = [after - before for before, after in pairwise(curve.seconds)]
    longest = max(GAP_S, 3 * median(gaps)) if gaps else GAP_S  # a long run's samples were thinned out
    parts = [0, *accumulate(int(gap > longest) for gap in gaps)]
    samples = zip(curve.seconds, curve.values, parts, strict=True)
    return [
        {SECONDS: second, "curve": curve.name, title: value, "part": part} for second, value, part in samples
    ]

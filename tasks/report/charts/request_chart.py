"""The requests of a run over its time, coloured by their TTFT."""

from __future__ import annotations

from tasks.report.charts.chart import Chart, Row, Spec
from tasks.report.charts.time_axis import SECONDS, TITLE, time_axis, time_spec, value_axis
from tasks.report.charts.vega_style import SLOWNESS, SOFT, number, word
from tasks.report.report_input import ReportInput
from tasks.report.request_charts_input import RequestCounts, SampledRequest

LATENCY, TTFT, LOAD, OUTCOME = "latency, s", "TTFT, ms", "load", "outcome"
THINNED = (
    "{} of {} requests are drawn: {} with the highest TTFT, {} that failed, and one in {} of the others."
)
_HEIGHT = 190
_FAILED = f"datum.{OUTCOME} == 'failed'"


def request_charts(report: ReportInput) -> list[Chart]:
    """Return the requests over the time of the run; nothing if the run itself sent none."""
    sample = report.requests
    if sample is None:
        return []
    names = {point.result.load.label: point.result.load.text for point in report.points}
    rows = [_row(request, names) for request in sample.requests]
    failed = any(not request.succeeded for request in sample.requests)
    note = _note(sample.counts, len(rows))
    drawn = time_spec(_layers(failed), report, _HEIGHT)
    return [Chart("Requests by the time they were sent", drawn, rows, "full", note=note)]


def _row(request: SampledRequest, names: dict[str, str]) -> Row:
    load = names.get(request.load_label, request.load_label)
    return {
        SECONDS: request.seconds,
        LATENCY: request.latency_s,
        TTFT: None if request.ttft_s is None else request.ttft_s * 1000,
        LOAD: f"{request.sweep} {load}",
        OUTCOME: "succeeded" if request.succeeded else "failed",
    }


def _note(counts: RequestCounts, shown: int) -> str:
    if counts.step == 1 and shown == counts.total:
        return ""
    return THINNED.format(shown, counts.total, counts.slow, counts.failed, counts.step)


def _layers(with_failed: bool) -> list[Spec]:
    """Return a dot for each request, a cross for each failed one, and where each load begins."""
    x, y = time_axis(), value_axis(LATENCY, "s", None)
    tooltip = [word(LOAD), number(SECONDS, TITLE, ",.2f"), number(LATENCY), number(TTFT), word(OUTCOME)]
    colour: Spec = {
        "field": TTFT,
        "type": "quantitative",
        "scale": {"range": SLOWNESS, "type": "sqrt", "nice": False, "zero": False},
        "legend": {"title": TTFT, "gradientLength": 160, "gradientThickness": 8, "titleOrient": "left"},
    }
    dot: Spec = {
        "transform": [{"filter": f"!({_FAILED})"}],
        "mark": {"type": "point", "filled": True, "size": 16, "opacity": 0.75, "clip": True},
        "encoding": {"x": x, "y": y, "color": colour, "tooltip": tooltip},
    }
    failed: Spec = {
        "transform": [{"filter": _FAILED}],
        "mark": {
            "type": "point",
            "shape": "cross",
            "angle": 45,
            "filled": True,
            "size": 60,
            "color": "var(--bad)",
            "clip": True,
        },
        "encoding": {"x": x, "y": {"value": {"expr": "height"}}, "tooltip": tooltip},
    }
    begin = [{"aggregate": [{"op": "min", "field": SECONDS, "as": SECONDS}], "groupby": [LOAD]}]
    line: Spec = {
        "transform": begin,
        "mark": {"type": "rule", "strokeDash": [2, 3], "stroke": SOFT, "opacity": 0.6, "clip": True},
        "encoding": {"x": x, "tooltip": [word(LOAD), number(SECONDS, TITLE, ",.2f")]},
    }
    return [dot, failed, line] if with_failed else [dot, line]

"""The scores of a run, with their intervals."""

from __future__ import annotations

from tasks.exchange.definitions import tool_name
from tasks.measure.accuracy.scores import Score
from tasks.report import formats
from tasks.report.charts.chart import Chart, Row, Spec
from tasks.report.charts.vega_style import MAIN, number, spec, word
from tasks.report.report_input import ReportInput

NAME, SCORE, LOW, HIGH = "question set", "score", "from", "to"
_ROW_STEP = 34


def score_charts(report: ReportInput) -> list[Chart]:
    """Return a chart with each score and its 95 % interval; nothing without scores."""
    rows = [_row(score) for accuracy in report.accuracy for score in accuracy.scores]
    if not rows:
        return []
    y: Spec = {
        "field": NAME,
        "type": "nominal",
        "sort": None,
        "axis": {"title": None, "labelLimit": 260, "grid": False},
    }
    x: Spec = {
        "field": SCORE,
        "type": "quantitative",
        "scale": {"domain": [0, 1], "nice": False},
        "axis": {"title": "score, with its 95 % interval", "grid": True, "format": "~g", "tickCount": 6},
    }
    tooltip = [word(NAME), number(SCORE, form=".3f"), number(LOW, form=".3f"), number(HIGH, form=".3f")]
    tooltip.append(number("questions"))
    interval: Spec = {
        "transform": [{"filter": f"isValid(datum.{LOW})"}],
        "mark": {"type": "rule", "stroke": MAIN, "strokeWidth": 7, "opacity": 0.3, "strokeCap": "round"},
        "encoding": {"y": y, "x": {**x, "field": LOW}, "x2": {"field": HIGH}, "tooltip": tooltip},
    }
    value: Spec = {
        "mark": {"type": "point", "filled": True, "fill": MAIN, "size": 110, "opacity": 1},
        "encoding": {"y": y, "x": x, "tooltip": tooltip},
    }
    label: Spec = {
        "mark": {"type": "text", "dy": -13},
        "encoding": {"y": y, "x": x, "text": {"field": SCORE, "type": "quantitative", "format": ".3f"}},
    }
    height = _ROW_STEP * len(rows)
    source = report.run.manifest.source
    note = f"imported from {tool_name(source)}" if source else ""
    return [Chart("Scores", spec([interval, value, label], height=height), rows, width="full", note=note)]


def _row(score: Score) -> Row:
    return {
        NAME: formats.score_name(score.dataset, score.subset),
        "metric": score.metric,
        SCORE: score.value,
        LOW: score.ci_low,
        HIGH: score.ci_high,
        "questions": score.questions,
        "repeats": score.repeats,
    }

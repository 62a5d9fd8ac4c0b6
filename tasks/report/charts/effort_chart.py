"""The effort curve: what a question set's combinations score against the tokens that they spend."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.measure.accuracy.scores import Score
from tasks.report.charts.chart import Chart, Row, Spec
from tasks.report.charts.vega_style import MAIN, PAPER, SOFT, number, spec, word
from tasks.report.report_input import ReportInput

COMBINATION, TOKENS, SCORE, LOW, HIGH = "combination", "tokens an answer", "score", "from", "to"
VERDICT = "verdict"
_HEIGHT = 260


def effort_charts(report: ReportInput) -> list[Chart]:
    """Return a chart for each question set with several combinations; a set under load is left out."""
    sets: dict[str, list[Score]] = {}
    for accuracy in report.accuracy:
        score = accuracy.scores[-1] if accuracy.scores else None
        if score and score.question_set and score.output_tokens_mean is not None and not score.under_load:
            sets.setdefault(score.question_set, []).append(score)
    return [_chart(name, scores) for name, scores in sets.items() if len(scores) > 1]


def _chart(name: str, scores: Sequence[Score]) -> Chart:
    rows = sorted(map(_row, scores), key=lambda row: row[TOKENS])
    suspect = any(row[VERDICT] == "suspect" for row in rows)
    note = "○: incomplete, see Answers" if suspect else ""
    title = f"Score of {name} against tokens spent"
    return Chart(title, spec(_layers(), height=_HEIGHT), rows, width="full", suspect=suspect, note=note)


def _row(score: Score) -> Row:
    return {
        COMBINATION: score.combination,
        TOKENS: score.output_tokens_mean,
        SCORE: score.value,
        LOW: score.ci_low,
        HIGH: score.ci_high,
        VERDICT: "valid" if score.complete else "suspect",
    }


def _layers() -> list[Spec]:
    """Return a thin line from combination to combination, each score's interval, its mark and its name."""
    x: Spec = {
        "field": TOKENS,
        "type": "quantitative",
        "scale": {"zero": True, "nice": True},
        "axis": {
            "title": "mean output tokens of an answer, reasoning included",
            "format": ",.6~g",
            "tickCount": 6,
        },
    }
    y: Spec = {
        "field": SCORE,
        "type": "quantitative",
        "scale": {"domain": [0, 1], "nice": False},
        "axis": {"title": "score, with its 95 % interval", "format": "~g"},
    }
    place = {"x": x, "y": y}
    tooltip = [word(COMBINATION), number(TOKENS), *(number(name, form=".3f") for name in (SCORE, LOW, HIGH))]
    fill = {"condition": {"test": f"datum.{VERDICT} == 'suspect'", "value": PAPER}, "value": MAIN}
    interval: Spec = {
        "mark": {"type": "rule", "stroke": MAIN, "strokeWidth": 6, "opacity": 0.3, "strokeCap": "round"},
        "encoding": {"x": x, "y": {**y, "field": LOW}, "y2": {"field": HIGH}, "tooltip": tooltip},
    }
    marker = {"type": "point", "size": 90, "stroke": MAIN, "strokeWidth": 2, "opacity": 1}
    label = {"type": "text", "dx": 9, "dy": 11, "align": "left", "baseline": "middle"}
    return [
        {"mark": {"type": "line", "color": SOFT, "strokeWidth": 1, "strokeDash": [3, 3]}, "encoding": place},
        interval,
        {"mark": marker, "encoding": {**place, "fill": fill, "tooltip": tooltip}},
        {"mark": label, "encoding": {**place, "text": {"field": COMBINATION, "type": "nominal"}}},
    ]

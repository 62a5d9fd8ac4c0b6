"""Latency, TTFT and TPOT of a sweep with a single load, as bars."""

from __future__ import annotations

from tasks.config.objective import STATISTICS
from tasks.measure.speed.figures.figure_registry import BY_NAME
from tasks.report.charts.chart import Chart, Row, Spec
from tasks.report.charts.load_curves import STATISTIC, VERDICT
from tasks.report.charts.times import TIMES, statistic_label, time_factor, time_title
from tasks.report.charts.vega_style import MAIN, PAPER, SECOND, number, spec, word
from tasks.report.load_repeats import Repeats, mean_of

_BAR_STEP = 30
TEXT = "text"
"""The column of a value as the tables write it."""


def one_load_charts(repeats: Repeats) -> list[Chart]:
    """Return a chart each for latency, TTFT and TPOT. Bars of a suspect load are hollow."""
    charts = [_bars(repeats, time) for time in TIMES]
    return [chart for chart in charts if chart.rows]


def _bars(repeats: Repeats, time: str) -> Chart:
    """Return a bar for each statistic, averaged over the repeats, with the mean on top."""
    title = time_title(time)
    rows = [_row(repeats, time, statistic) for statistic in STATISTICS]
    rows = [row for row in rows if row[title] is not None]
    colour = {"condition": {"test": f"datum.{STATISTIC} == 'mean'", "value": MAIN}, "value": SECOND}
    fill = {
        **colour,
        "condition": [{"test": f"datum.{VERDICT} == 'suspect'", "value": PAPER}, colour["condition"]],
    }
    names = {"title": None, "grid": False, "labelExpr": "translated(datum.label)"}
    place: Spec = {
        "x": {"field": title, "type": "quantitative", "scale": {"zero": True}, "axis": None},
        "y": {"field": STATISTIC, "type": "nominal", "sort": None, "axis": names},
    }
    tooltip = [word(STATISTIC), number(title), number("repeats"), word(VERDICT)]
    bar: Spec = {
        "mark": {"type": "bar", "height": {"band": 0.6}, "cornerRadiusEnd": 3, "strokeWidth": 1.5},
        "encoding": {**place, "stroke": colour, "fill": fill, "tooltip": tooltip},
    }
    label: Spec = {
        "mark": {"type": "text", "align": "left", "dx": 6},
        "encoding": {**place, "text": {"field": TEXT, "type": "nominal"}},
    }
    drawn = spec([bar, label], height=_BAR_STEP * len(rows))
    return Chart(title, drawn, rows, width="third", suspect=repeats.suspect)


def _row(repeats: Repeats, time: str, statistic: str) -> Row:
    figure = BY_NAME[f"{time}_{statistic}_s"]
    mean = mean_of(figure, repeats)
    return {
        STATISTIC: statistic_label(statistic),
        time_title(time): None if mean is None else mean * time_factor(time),
        TEXT: figure.notation.text(mean),
        "repeats": len(repeats.points),
        VERDICT: "suspect" if repeats.suspect else "valid",
    }

"""Latency, TTFT and TPOT of a sweep with a single load, as bars."""

from __future__ import annotations

from tasks.config.objective import STATISTICS
from tasks.measure.speed.figures.figure_registry import BY_NAME
from tasks.report.charts.chart import Chart, Row, Spec
from tasks.report.charts.load_curves import STATISTIC, VERDICT
from tasks.report.charts.repeats_together import repeats_note, time_over_repeats
from tasks.report.charts.times import TIMES, statistic_label, time_factor, time_title
from tasks.report.charts.vega_style import MAIN, PAPER, SECOND, number, spec, word
from tasks.report.load_repeats import Repeats
from tasks.report.measured_sweep import MeasuredSweep

_BAR_STEP = 30
TEXT = "text"
"""The column of a value as the tables write it."""


def one_load_charts(sweep: MeasuredSweep, repeats: Repeats) -> list[Chart]:
    """Return a chart each for latency, TTFT and TPOT. Bars of a suspect load are hollow."""
    charts = [_bars(sweep, repeats, time) for time in TIMES]
    return [chart for chart in charts if chart.rows]


def _bars(sweep: MeasuredSweep, repeats: Repeats, time: str) -> Chart:
    """Return a bar for each statistic of the load, its repeats together, with the mean on top."""
    title = time_title(time)
    rows = [_row(sweep, repeats, time, statistic) for statistic in STATISTICS]
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
    note = repeats_note(sweep, [repeats]) if time == "latency" else ""
    return Chart(title, drawn, rows, "third", repeats.suspect, note)


def _row(sweep: MeasuredSweep, repeats: Repeats, time: str, statistic: str) -> Row:
    value = time_over_repeats(sweep, repeats, time, statistic)
    return {
        STATISTIC: statistic_label(statistic),
        time_title(time): None if value is None else value * time_factor(time),
        TEXT: BY_NAME[f"{time}_{statistic}_s"].notation.text(value),
        "repeats": len(repeats.points),
        VERDICT: "suspect" if repeats.suspect else "valid",
    }

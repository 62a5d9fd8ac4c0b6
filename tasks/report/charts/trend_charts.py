"""A figure from run to run: each run, the level between two changes, and other versions of the engine."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import pairwise
from statistics import fmean

from tasks.measure.speed.figures.figure_registry import BY_NAME
from tasks.measure.speed.figures.figure_type import Figure
from tasks.report.charts.chart import Chart, Row, Spec
from tasks.report.charts.vega_style import MAIN, PAPER, SOFT, THIRD, number, spec, word
from tasks.report.trend.figure_series import FigureSeries

STARTED, RUN, VERSION, LEVEL, VERDICT = "started", "run", "engine version", "level", "verdict"
CHANGED = "changed"
"""What begins with a run: `level` a new level, `version` another version of the engine, or nothing."""
RULES: dict[str, Spec] = {
    "version": {"stroke": SOFT, "strokeDash": [2, 4]},
    "level": {"stroke": THIRD, "strokeWidth": 2},
}
NOTE = "Line: the level. Bold rule: a change that is more than chance. Thin rule: another engine version."


def trend_chart(series: FigureSeries) -> Chart:
    """Return the chart of one series: a mark for each run."""
    figure = BY_NAME[series.figure]
    rows = list(_rows(series, figure))
    suspect = any(row[VERDICT] == "suspect" for row in rows)
    bounds = f", {series.key.objectives}" if series.key.objectives else ""
    title = f"{figure.title}, {series.key.sweep} {series.key.load}{bounds}"
    changed = {row[CHANGED] for row in rows}
    return Chart(title, spec(_layers(figure, changed)), rows, suspect=suspect)


def _rows(series: FigureSeries, figure: Figure) -> Iterator[Row]:
    changed = _changes(series)
    for runs in series.segments:
        level = fmean(run.mean for run in runs)
        for run in runs:
            yield {
                STARTED: run.started_at.isoformat(timespec="seconds"),
                RUN: run.run_id,
                VERSION: run.engine_version or "",
                figure.title: run.mean * figure.notation.scale,
                LEVEL: level * figure.notation.scale,
                VERDICT: "suspect" if run.suspect else "valid",
                CHANGED: changed.get(run.run_id, ""),
            }


def _changes(series: FigureSeries) -> dict[str, str]:
    """Return what changed with a run, by its id."""
    changed = {
        after.run_id: "version"
        for before, after in pairwise(series.runs)
        if before.engine_version != after.engine_version
    }
    return changed | {series.runs[change.position].run_id: "level" for change in series.changes}


def _layers(figure: Figure, changed: Collection[str]) -> list[Spec]:
    x: Spec = {"field": STARTED, "type": "temporal", "scale": {"type": "utc"}, "axis": {"title": None}}
    y: Spec = {
        "field": figure.title,
        "type": "quantitative",
        "scale": {"zero": True, "nice": True},
        "axis": {"title": figure.notation.unit},
    }
    tooltip = [word(RUN), word(VERSION), number(figure.title), number(LEVEL), word(VERDICT)]
    fill = {"condition": {"test": f"datum.{VERDICT} == 'suspect'", "value": PAPER}, "value": MAIN}
    marker = {"type": "point", "size": 46, "stroke": MAIN, "strokeWidth": 2, "opacity": 1}
    level = {"type": "line", "color": SOFT, "interpolate": "step-after", "strokeWidth": 1.5}
    rules = [_rule(what, style, x) for what, style in RULES.items() if what in changed]
    return [
        *rules,
        {"mark": level, "encoding": {"x": x, "y": {**y, "field": LEVEL}}},
        {"mark": marker, "encoding": {"x": x, "y": y, "fill": fill, "tooltip": tooltip}},
    ]


def _rule(changed: str, style: Spec, x: Spec) -> Spec:
    return {
        "transform": [{"filter": f"datum.{CHANGED} == '{changed}'"}],
        "mark": {"type": "rule", **style},
        "encoding": {"x": x},
    }

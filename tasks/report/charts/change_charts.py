"""The change of each figure from the first run of a comparison, with its 95 % interval."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from tasks.report.charts.chart import Chart, Row, Spec
from tasks.report.charts.run_colours import RUN, run_colour
from tasks.report.charts.vega_style import PAPER, SOFT, number, spec, word
from tasks.report.comparison.change import Change
from tasks.report.comparison.compare_scores import compare_scores
from tasks.report.comparison.compare_speed import compare_speed
from tasks.report.comparison.compared_run import LETTERS, ComparedRun

WHAT, LOW, HIGH, NOISE, VERDICT = "what", "from", "to", "noise", "verdict"
PERCENT, POINTS = "change from A, %", "change from A, points"
_ROW_STEP = 22


def speed_change_charts(runs: Sequence[ComparedRun]) -> list[Chart]:
    """Return a chart for each figure, with every load that A and another run measured."""
    rows_by_figure: dict[str, list[Row]] = {}
    for comparison in compare_speed(runs):
        doubtful = [each or comparison.suspect[0] for each in comparison.suspect]
        name = f"{comparison.key.sweep} {comparison.key.load}"
        rows = rows_by_figure.setdefault(comparison.figure.title, [])
        rows += _rows(name, PERCENT, comparison.changes, doubtful)
    return [
        _chart(f"{figure}: change", PERCENT, rows, len(runs), "third")
        for figure, rows in rows_by_figure.items()
        if rows
    ]


def score_change_charts(runs: Sequence[ComparedRun]) -> list[Chart]:
    """Return a chart with the change of every score that A and another run have."""
    rows: list[Row] = []
    imported = [run.report.run.manifest.source is not None for run in runs]
    for comparison in compare_scores(runs):
        doubts = [source or failed > 0 for source, failed in zip(imported, comparison.failed, strict=True)]
        doubtful = [each or doubts[0] for each in doubts]
        rows += _rows(comparison.key.text, POINTS, comparison.changes, doubtful)
    return [_chart("Scores: change", POINTS, rows, len(runs), "full")] if rows else []


def _rows(what: str, title: str, changes: Sequence[Change | None], doubtful: Sequence[bool]) -> Iterator[Row]:
    for letter, change, suspect in zip(LETTERS, changes, doubtful, strict=False):
        if change is not None:
            half = change.half_width
            yield {
                WHAT: what,
                RUN: letter,
                title: 100 * change.difference,
                LOW: None if half is None else 100 * (change.difference - half),
                HIGH: None if half is None else 100 * (change.difference + half),
                NOISE: "yes" if change.is_noise else "no" if half is not None else "not known",
                VERDICT: "suspect" if suspect else "valid",
            }


def _chart(name: str, title: str, rows: list[Row], runs: int, width: Any) -> Chart:
    names = list(dict.fromkeys(row[WHAT] for row in rows))
    y = {
        "field": WHAT,
        "type": "nominal",
        "sort": names,
        "axis": {"title": None, "grid": False, "labelLimit": 150},
    }
    x = {"field": title, "type": "quantitative", "axis": {"title": title, "grid": True, "format": "+,f"}}
    opacity = {"condition": {"test": f"datum.{NOISE} == 'yes'", "value": 0.4}, "value": 1}
    place: Spec = {
        "y": y,
        "yOffset": {"field": RUN, "type": "nominal", "scale": {"domain": list(LETTERS[1:runs])}},
        "color": {**run_colour(runs), "legend": {} if runs > 2 else None},
        "opacity": opacity,
    }
    tooltip = [word(WHAT), word(RUN), *(number(field, form="+,.3~g") for field in (title, LOW, HIGH))]
    tooltip += [word(NOISE), word(VERDICT)]
    zero: Spec = {"mark": {"type": "rule", "stroke": SOFT}, "encoding": {"x": {"datum": 0}}}
    interval: Spec = {
        "transform": [{"filter": f"isValid(datum.{LOW})"}],
        "mark": {"type": "rule", "strokeWidth": 5, "strokeCap": "round"},
        "encoding": {**place, "x": {**x, "field": LOW}, "x2": {"field": HIGH}, "tooltip": tooltip},
    }
    fill = {
        "condition": {"test": f"datum.{VERDICT} == 'suspect'", "value": PAPER},
        **place["color"],
        "legend": None,
    }
    value: Spec = {
        "mark": {"type": "point", "size": 60, "strokeWidth": 2},
        "encoding": {**place, "fill": fill, "x": x, "tooltip": tooltip},
    }
    height = 20 + _ROW_STEP * len(names) * max(1, (runs - 1) * 0.6)
    suspect = any(row[VERDICT] == "suspect" for row in rows)
    return Chart(name, spec([zero, interval, value], height=round(height)), rows, width, suspect)

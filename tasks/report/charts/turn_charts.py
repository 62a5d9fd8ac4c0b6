"""Charts of conversations: TTFT and cache hits by turn, and TTFT by the length of the history."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from tasks.report.charts.chart import Chart, Row, Spec
from tasks.report.charts.figure_rows import usable_loads
from tasks.report.charts.load_colour import LOAD, load_colour
from tasks.report.charts.times import time_factor, time_title
from tasks.report.charts.vega_style import PAPER, number, spec, word
from tasks.report.load_repeats import Repeats
from tasks.report.measured_sweep import MeasuredSweep
from tasks.report.turn_figures import TurnFigures

TURN, HISTORY, CACHED, VERDICT = "turn", "history, tok", "cache hits, share of the prompt", "verdict"
LOW, HIGH = "P10", "P90"
"""Columns of the data, besides the load and the median of TTFT."""
TTFT = time_title("ttft")
BAND_NOTE = "Line: median; band: P10 to P90 of the requests, from ten requests on."


class _Shown(NamedTuple):
    """What a chart draws: the column of its y axis, its titles, and the column of its x axis."""

    figure: str
    title: str
    unit: str
    at: str
    note: str = ""


def turn_charts(sweep: MeasuredSweep) -> list[Chart]:
    """Return TTFT by turn and by history, and cache hits by turn; nothing without conversations."""
    unit = TTFT.rpartition(", ")[2]
    charts = (
        (_Shown(TTFT, f"TTFT by turn, {unit}", unit, TURN, BAND_NOTE), _turn_row),
        (_Shown(TTFT, f"TTFT by history, {unit}", unit, HISTORY), _history_row),
        (_Shown(CACHED, "Cache hits by turn", "share of the prompt", TURN), _turn_row),
    )
    drawn = (_chart(shown, _rows(sweep, row_of), usable_loads(sweep)) for shown, row_of in charts)
    return [chart for chart in drawn if chart is not None]


def _axis(column: str, rows: Sequence[Row]) -> Spec:
    """Return the encoding of the x axis: turns at even distances, or tokens."""
    if column == HISTORY:
        axis = {"title": HISTORY, "tickCount": 4, "format": ",d"}
        return {
            "field": HISTORY,
            "type": "quantitative",
            "scale": {"zero": True, "nice": False},
            "axis": axis,
        }
    turns = sorted({row[TURN] for row in rows}, key=_first)
    return {
        "field": TURN,
        "type": "ordinal",
        "scale": {"domain": turns, "type": "point", "padding": 0.3},
        "axis": {"title": TURN, "labelAngle": 0, "labelOverlap": True},
    }


def _rows(sweep: MeasuredSweep, row_of: Callable[[TurnFigures], Row | None]) -> list[Row]:
    """Return a row for each load and turn, or each load and range of the history."""
    rows: list[Row] = []
    for repeats in usable_loads(sweep):
        load = {LOAD: repeats.first.load.text}
        verdict = {VERDICT: "suspect" if repeats.suspect else "valid"}
        for figures in sweep.turns:
            row = row_of(figures) if figures.load_label == repeats.first.load.label else None
            if row is not None:
                rows.append(load | dict(row) | verdict)
    return rows


def _turn_row(figures: TurnFigures) -> Row | None:
    if figures.turns is None:
        return None
    return {
        TURN: figures.turns.text,
        "requests": figures.requests,
        CACHED: figures.cached_share,
        **_times(figures),
    }


def _history_row(figures: TurnFigures) -> Row | None:
    if figures.history_part is None:
        return None
    return {HISTORY: figures.history_tokens or 0.0, "requests": figures.requests, **_times(figures)}


def _times(figures: TurnFigures) -> dict[str, float | None]:
    """Return the median and the band of TTFT in the unit of its title."""
    times_s = {TTFT: figures.ttft_p50_s, LOW: figures.ttft_low_s, HIGH: figures.ttft_high_s}
    factor = time_factor("ttft")
    return {name: None if value is None else value * factor for name, value in times_s.items()}


def _first(turn: str) -> int:
    """Return the first turn of a range as the axis writes it."""
    return int(turn.partition("–")[0].replace(",", ""))


def _chart(shown: _Shown, rows: Sequence[Row], loads: Sequence[Repeats]) -> Chart | None:
    """Return the chart; None with fewer than two places on its x axis."""
    drawn = [row for row in rows if row[shown.figure] is not None]
    if len({row[shown.at] for row in drawn}) < 2:
        return None
    names = {row[LOAD] for row in drawn}
    colour = load_colour([repeats for repeats in loads if repeats.first.load.text in names])
    suspect = any(row[VERDICT] == "suspect" for row in drawn)
    layers = spec(_layers(shown, drawn, colour))
    return Chart(shown.title, layers, drawn, "third", suspect, shown.note)


def _layers(shown: _Shown, rows: Sequence[Row], colour: Spec) -> list[Spec]:
    """Return a line for each load, with a band where rows have one; markers of suspect loads are hollow."""
    y: Spec = {
        "field": shown.figure,
        "type": "quantitative",
        "scale": {"domain": [0, 1]} if shown.figure == CACHED else {"zero": True, "nice": True},
        "axis": {"title": shown.unit},
    }
    place: Spec = {"x": _axis(shown.at, rows), "y": y}
    is_suspect = f"datum.{VERDICT} == 'suspect'"
    dash = {"condition": {"test": is_suspect, "value": [4, 3]}, "value": [1, 0]}
    stroke = {**colour, "legend": None}
    fill = {**stroke, "condition": {"test": is_suspect, "value": PAPER}}
    layers: list[Spec] = [
        {"mark": "line", "encoding": {**place, "color": colour, "strokeDash": dash}},
        {
            "mark": {"type": "point", "size": 46, "strokeWidth": 2, "opacity": 1},
            "encoding": {**place, "stroke": stroke, "fill": fill},
        },
        {
            "mark": {"type": "point", "size": 420, "opacity": 0, "filled": True},
            "encoding": {**place, "tooltip": _tooltip(shown)},
        },
    ]
    has_band = shown.figure == TTFT and any(row[LOW] is not None for row in rows)
    return [_band(place, colour), *layers] if has_band else layers


def _band(place: Spec, colour: Spec) -> Spec:
    """Return the layer of the band from P10 to P90 of TTFT."""
    sides: Spec = {**place, "y": {**place["y"], "field": LOW}, "y2": {"field": HIGH}, "color": colour}
    known = {"filter": f"datum.{LOW} !== null"}
    return {"transform": [known], "mark": {"type": "area", "opacity": 0.13}, "encoding": sides}


def _tooltip(shown: _Shown) -> list[Spec]:
    at = word(TURN) if shown.at == TURN else number(HISTORY)
    band = [number(LOW), number(HIGH)] if shown.figure == TTFT else []
    return [word(LOAD), at, number(shown.figure), *band, number("requests"), word(VERDICT)]

"""TTFT, TPOT and latency of the single requests of each load: cumulative shares, and boxes."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.report.charts.chart import Chart, Row, Spec
from tasks.report.charts.figure_rows import usable_loads
from tasks.report.charts.load_axis import load_name
from tasks.report.charts.load_colour import LOAD, load_colour
from tasks.report.charts.times import TIMES, time_factor, time_title
from tasks.report.charts.vega_style import INK, MAIN, PAPER, number, spec, word
from tasks.report.load_repeats import Repeats
from tasks.report.measured_sweep import MeasuredSweep
from tasks.report.request_charts_input import Distribution

SHARE, VERDICT = "share of requests", "verdict"
BOX = ("low", "P25", "P50", "P75", "high", "highest")
"""Columns of the boxes."""
WIDE_RANGE = 30
"""An axis is logarithmic if its highest value is more than so many times the lowest."""
ECDF_NOTE = "How to read it: at the height 0.95 is the time that 95 % of the requests did not exceed."
BOX_NOTE = (
    "Box: P25 to P75, with the median; line: P5 to P95, below 20 requests the lowest to the highest; "
    "dot: the highest."
)


def distribution_charts(sweep: MeasuredSweep) -> list[Chart]:
    """Return the cumulative shares of each time, then its boxes; nothing without recorded requests."""
    loads = usable_loads(sweep)
    of_times = {
        time: [(repeats, distribution) for repeats in loads if (distribution := _of(sweep, repeats, time))]
        for time in TIMES
    }
    shown = {time: pairs for time, pairs in of_times.items() if pairs}
    ecdfs = [_ecdf_chart(time, pairs) for time, pairs in shown.items()]
    return ecdfs + [_box_chart(time, pairs) for time, pairs in shown.items()]


_Pairs = Sequence[tuple[Repeats, Distribution]]


def _of(sweep: MeasuredSweep, repeats: Repeats, time: str) -> Distribution | None:
    label = repeats.first.load.label
    found = (each for each in sweep.distributions if (each.load_label, each.time) == (label, time))
    return next(found, None)


def _ecdf_chart(time: str, pairs: _Pairs) -> Chart:
    title = time_title(time)
    rows: list[Row] = []
    for repeats, distribution in pairs:
        for value, share in zip(distribution.values, distribution.shares, strict=True):
            rows.append(_row(repeats) | {title: value * time_factor(time), SHARE: share})
    colour = load_colour([repeats for repeats, _ in pairs])
    dash = {"condition": {"test": f"datum.{VERDICT} == 'suspect'", "value": [4, 3]}, "value": [1, 0]}
    place: Spec = {
        "x": _time_axis(title, [row[title] for row in rows]),
        "y": {
            "field": SHARE,
            "type": "quantitative",
            "scale": {"domain": [0, 1]},
            "axis": {"title": None, "format": "~g"},
        },
        "color": colour,
    }
    line: Spec = {
        "mark": {"type": "line", "interpolate": "step-after", "strokeWidth": 1.8},
        "encoding": {**place, "strokeDash": dash},
    }
    target: Spec = {
        "mark": {"type": "point", "size": 50, "opacity": 0, "filled": True},
        "encoding": {**place, "tooltip": [word(LOAD), number(title), number(SHARE), word(VERDICT)]},
    }
    suspect = any(repeats.suspect for repeats, _ in pairs)
    name = f"{title}: cumulative"
    return Chart(name, spec([line, target]), rows, "third", suspect, ECDF_NOTE if time == "latency" else "")


def _box_chart(time: str, pairs: _Pairs) -> Chart:
    title, factor = time_title(time), time_factor(time)
    rows: list[Row] = []
    for repeats, distribution in pairs:
        values = (value * factor for value in distribution.box)
        requests = {"requests": distribution.count}
        rows.append(_row(repeats) | dict(zip(BOX, values, strict=True)) | requests)
    x = {
        "field": LOAD,
        "type": "ordinal",
        "sort": None,
        "axis": {"title": _load_title(pairs), "labelAngle": 0},
    }
    everything = [row[name] for row in rows for name in (BOX[0], BOX[-1])]
    scale = {"type": "log", "nice": True} if _is_wide(everything) else {"zero": True, "nice": True}
    unit = title.rpartition(", ")[2]

    def y(name: str) -> Spec:
        return {"field": name, "type": "quantitative", "scale": scale, "axis": {"title": unit}}

    tooltip = [word(LOAD), *(number(name) for name in BOX), number("requests"), word(VERDICT)]
    fill = {"condition": {"test": f"datum.{VERDICT} == 'suspect'", "value": PAPER}, "value": MAIN}
    layers: list[Spec] = [
        {
            "mark": {"type": "rule", "stroke": MAIN, "strokeWidth": 1.5},
            "encoding": {"x": x, "y": y(BOX[0]), "y2": {"field": BOX[4]}},
        },
        {
            "mark": {
                "type": "bar",
                "width": {"band": 0.55},
                "stroke": MAIN,
                "strokeWidth": 1.5,
                "cornerRadius": 2,
            },
            "encoding": {"x": x, "y": y(BOX[1]), "y2": {"field": BOX[3]}, "fill": fill, "tooltip": tooltip},
        },
        {
            "mark": {"type": "tick", "color": INK, "thickness": 2, "width": {"band": 0.55}},
            "encoding": {"x": x, "y": y(BOX[2]), "tooltip": tooltip},
        },
        {
            "mark": {"type": "point", "filled": True, "size": 14, "color": MAIN, "opacity": 1},
            "encoding": {"x": x, "y": y(BOX[5]), "tooltip": tooltip},
        },
    ]
    suspect = any(repeats.suspect for repeats, _ in pairs)
    name = f"{title}: spread"
    return Chart(name, spec(layers), rows, "third", suspect, BOX_NOTE if time == "latency" else "")


def _row(repeats: Repeats) -> dict[str, object]:
    return {LOAD: repeats.first.load.text, VERDICT: "suspect" if repeats.suspect else "valid"}


def _load_title(pairs: _Pairs) -> str:
    return load_name([repeats for repeats, _ in pairs])


def _time_axis(title: str, values: Sequence[float]) -> Spec:
    scale = {"type": "log", "nice": False} if _is_wide(values) else {"zero": False, "nice": True}
    shown = f"{title} (log scale)" if _is_wide(values) else title
    axis = {"title": shown, "tickCount": 5, "labelOverlap": True}
    return {"field": title, "type": "quantitative", "scale": scale, "axis": axis}


def _is_wide(values: Sequence[float]) -> bool:
    return min(values) > 0 and max(values) > WIDE_RANGE * min(values)

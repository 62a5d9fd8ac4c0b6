"""The look of the charts. Colours are the page's CSS variables, so that charts follow light, dark, print."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tasks.report.charts.chart import DATA, Spec

INK, SOFT, GRID, PAPER = "var(--ink)", "var(--ink-soft)", "var(--line)", "var(--card)"
MAIN, SECOND, THIRD = "var(--main)", "var(--second)", "var(--third)"
HEIGHT = 210
"""Pixels of a chart's plot."""
_FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'
_RAMP = ((42, 157, 143), (58, 111, 214), (162, 75, 196), (217, 72, 95))
"""Colours of medium lightness, legible on a light and on a dark page: from a low load to a high one."""
SLOWNESS = ["#2a9d8f", "#7fb069", "#e0a030", "#dd6b35", "#c9304f"]
"""Colours from quick to slow."""

CONFIG: Spec = {
    "background": None,
    "font": _FONT,
    "view": {"stroke": None},
    "axis": {
        "domain": False,
        "ticks": False,
        "gridColor": GRID,
        "labelColor": SOFT,
        "labelFontSize": 11.5,
        "labelPadding": 6,
        "titleColor": SOFT,
        "titleFontSize": 11.5,
        "titleFontWeight": "normal",
        "titlePadding": 8,
    },
    "axisX": {"domain": True, "domainColor": GRID, "grid": False, "labelFlush": False},
    # The unit of a y axis stands above it, so that it can be read without turning the head.
    "axisY": {
        "tickCount": 5,
        "titleAlign": "left",
        "titleAnchor": "end",
        "titleAngle": 0,
        "titleBaseline": "bottom",
        "titleX": 0,
        "titleY": -8,
    },
    "legend": {
        "orient": "top",
        "direction": "horizontal",
        "title": None,
        "labelColor": SOFT,
        "labelFontSize": 11.5,
        "symbolStrokeWidth": 2,
        "symbolType": "stroke",
        "titleColor": SOFT,
        "titleFontSize": 11.5,
        "titleFontWeight": "normal",
        "columnPadding": 14,
        "offset": 8,
        "layout": {"top": {"anchor": "end"}},
    },
    "line": {"strokeWidth": 2, "strokeCap": "round", "strokeJoin": "round"},
    "text": {"fill": SOFT, "fontSize": 11},
    "rule": {"stroke": SOFT},
}
"""Vega-Lite's configuration, which all charts of a page share."""


def spec(layers: Sequence[Spec], *, height: int = HEIGHT, **more: Any) -> Spec:
    """Return the specification of layers over the chart's own rows."""
    return {
        "data": {"name": DATA},
        "height": height,
        "autosize": {"type": "fit-x", "contains": "padding"},
        **more,
        "layer": list(layers),
    }


def number(field: str, title: str | None = None, form: str = ",.4~g") -> Spec:
    """Return a number's entry in a tooltip."""
    return {"field": field, "title": title or field, "type": "quantitative", "format": form}


def word(field: str, title: str | None = None) -> Spec:
    """Return a text's entry in a tooltip."""
    return {"field": field, "title": title or field, "type": "nominal"}


def named_colours(names: Sequence[str], colours: Sequence[str] = (MAIN, SECOND, THIRD)) -> Spec:
    """Return a scale that gives each name its colour."""
    return {"domain": list(names), "range": list(colours[: len(names)])}


def ramp(count: int) -> list[str]:
    """Return colours for `count` levels of a load, from low to high."""
    return [_between(index / max(1, count - 1)) for index in range(count)]


def _between(share: float) -> str:
    position = share * (len(_RAMP) - 1)
    first = min(int(position), len(_RAMP) - 2)
    pairs = zip(_RAMP[first], _RAMP[first + 1], strict=True)
    red, green, blue = (round(low + (high - low) * (position - first)) for low, high in pairs)
    return f"#{red:02x}{green:02x}{blue:02x}"

"""The colour of each load in charts that show several loads at once."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.report.charts.chart import Spec
from tasks.report.charts.load_axis import load_name
from tasks.report.charts.vega_style import ramp
from tasks.report.load_repeats import Repeats

LOAD = "load"
"""The column of the load's text."""


def load_colour(loads: Sequence[Repeats]) -> Spec:
    """Return the encoding that gives each load its colour, from few requests to many."""
    names = [repeats.first.load.text for repeats in loads]
    legend = {
        "title": load_name(loads),
        "titleOrient": "left",
        "columns": 6,
        "symbolSize": 60,
        "symbolOpacity": 1,
        "columnPadding": 8,
    }
    scale = {"domain": names, "range": ramp(len(names))}
    return {"field": LOAD, "type": "nominal", "scale": scale, "legend": legend}

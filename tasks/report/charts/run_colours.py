"""The colours of compared runs: the same run has the same colour in every chart."""

from __future__ import annotations

from tasks.report.charts.chart import Spec
from tasks.report.charts.vega_style import MAIN, SECOND, THIRD, ramp
from tasks.report.comparison.compared_run import LETTERS

RUN = "run"
"""The column of a run's letter."""


def run_colour(runs: int) -> Spec:
    """Return the encoding of the colour of each of so many runs."""
    colours = [MAIN, THIRD, SECOND][:runs] if runs <= 3 else ramp(runs)
    scale = {"domain": list(LETTERS[:runs]), "range": colours}
    return {"field": RUN, "type": "nominal", "scale": scale}

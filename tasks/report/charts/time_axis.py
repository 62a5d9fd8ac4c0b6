"""The x axis of charts over the time of a run. All span the same seconds and zoom together."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.report.charts.chart import Spec
from tasks.report.charts.vega_style import spec
from tasks.report.report_input import ReportInput

SECONDS, TITLE = "seconds", "seconds since the run's start"
"""The column of the time, and the title of the axis."""
FROM, TO = "time_from", "time_to"
"""Vega signals: the ends of the axis, which the page sets in every chart over time."""
_WIDTH = 46
"""Pixels of the labels of a y axis."""


def time_axis() -> Spec:
    """Return the encoding of the x axis."""
    return {
        "field": SECONDS,
        "type": "quantitative",
        "scale": {"domainMin": {"expr": FROM}, "domainMax": {"expr": TO}, "nice": False, "zero": False},
        "axis": {"title": TITLE, "format": ",~g"},
    }


def value_axis(field: str, unit: str, form: str | None = "~s") -> Spec:
    """Return the encoding of a y axis of fixed width, so that charts above each other align."""
    axis = {"title": unit or None, "tickCount": 3, "minExtent": _WIDTH, "maxExtent": _WIDTH}
    if form:
        axis["format"] = form
    return {"field": field, "type": "quantitative", "scale": {"zero": True, "nice": True}, "axis": axis}


def time_spec(layers: Sequence[Spec], report: ReportInput, height: int) -> Spec:
    """Return the specification of layers over the time of a run."""
    ends = [{"name": FROM, "value": 0}, {"name": TO, "value": _end(report)}]
    return spec(layers, height=height, params=ends)


def _end(report: ReportInput) -> float:
    """Return the seconds from the start of the run to the last sample or request."""
    requests = report.requests.requests if report.requests else ()
    ends = [curve.seconds[-1] for curve in report.timeline] + [request.seconds for request in requests]
    return 1.01 * max(ends, default=1.0)

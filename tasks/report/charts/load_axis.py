"""The x axis of a sweep's charts: the load, on a logarithmic scale."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.config.load import common_kind
from tasks.report.charts.chart import Spec
from tasks.report.load_repeats import Repeats

CLOSE_LEVELS = 1.25
"""Smallest factor between two labelled levels. Labels of closer levels, as in a search, would overlap."""
MARGIN = 1.12
"""Factor by which the axis reaches beyond the lowest and the highest level."""


def load_name(loads: Sequence[Repeats]) -> str:
    """Return the name of the load, such as `concurrency` or `rate, req/s`: a column of the data."""
    shown = [repeats.first.load for repeats in loads]
    kind, units = common_kind(shown), {load.unit for load in shown}
    return f"{kind}, {units.pop()}" if kind == "rate" and len(units) == 1 else kind


def load_axis(name: str, levels: Sequence[float]) -> Spec:
    """Return the encoding of the x axis. `levels` rise; those that are not too close are labelled."""
    return {
        "field": name,
        "type": "quantitative",
        "scale": {"type": "log", "nice": False, "domain": [levels[0] / MARGIN, levels[-1] * MARGIN]},
        "axis": {"title": f"{name} (log scale)", "values": labelled(levels), "format": "~g"},
    }


def labelled(levels: Sequence[float]) -> list[float]:
    """Return the levels whose labels do not overlap."""
    kept: list[float] = []
    for level in levels:
        if not kept or level >= CLOSE_LEVELS * kept[-1]:
            kept.append(level)
    return kept

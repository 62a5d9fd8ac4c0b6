"""Draws the telemetry of a run: server, GPUs and machine over time."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import nan
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from tasks.report.charts.chart_style import LEGEND, MAIN, SECOND, STYLE, set_number_ticks, to_svg
from tasks.report.report_input import ReportInput, TimelineCurve

GAP_S = 4.0
"""Longest gap between samples, in seconds, that a curve spans. Telemetry pauses between load points."""
ALT_TEXT = " during the run; the table telemetry has the figures"


def timeline_chart(report: ReportInput) -> str | None:
    """Return a panel for each group of curves; None without telemetry."""
    panels: dict[str, list[TimelineCurve]] = {}
    for curve in report.timeline:
        panels.setdefault(curve.panel, []).append(curve)
    if not panels:
        return None
    seconds = max(curve.seconds[-1] for curve in report.timeline)
    with mpl.rc_context(STYLE | {"svg.hashsalt": "timeline", "lines.linewidth": 1.4}):
        svgs = [
            to_svg(_draw(title, curves, seconds), f"{title}{ALT_TEXT}") for title, curves in panels.items()
        ]
    return f'<div class="panels">{"".join(svgs)}</div>'


def _draw(title: str, curves: Sequence[TimelineCurve], seconds: float) -> Figure:
    """Return one panel. All panels span the same `seconds`."""
    figure = Figure(figsize=(4.8, 2.2), layout=ConstrainedLayoutEngine(h_pad=0.08, w_pad=0.08))
    axes = figure.subplots()
    _draw_panel(axes, title, curves)
    axes.set_xlim(-0.02 * seconds, 1.02 * seconds or 1)
    return figure


def _draw_panel(axes: Any, title: str, curves: Sequence[TimelineCurve]) -> None:
    for curve, colour, style in zip(curves, (MAIN, SECOND), ("-", "--"), strict=False):
        seconds, values = interrupted(curve)
        axes.plot(seconds, values, color=colour, linestyle=style, marker=".", markersize=3, label=curve.name)
    axes.set_title(title, fontweight="bold")
    axes.set_xlabel("seconds since the run's start")
    set_number_ticks(axes)
    highest = max(max(curve.values) for curve in curves)
    axes.set_ylim(0, 1.15 * highest or 1.0)
    if len(curves) > 1:
        axes.legend(ncols=2, bbox_to_anchor=(1, 0.98), **LEGEND)


def interrupted(curve: TimelineCurve) -> tuple[list[float], list[float]]:
    """Return seconds and values of a curve, with a NaN in every gap so that matplotlib breaks the line."""
    seconds, values = list(curve.seconds[:1]), list(curve.values[:1])
    for (before, after), value in zip(pairwise(curve.seconds), curve.values[1:], strict=True):
        if after - before > GAP_S:
            seconds.append(before)
            values.append(nan)
        seconds.append(after)
        values.append(value)
    return seconds, values

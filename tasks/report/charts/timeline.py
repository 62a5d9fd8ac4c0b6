"""Draws what server, GPUs and machine did while a run measured."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import ceil, nan
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import FuncFormatter, MaxNLocator

from tasks.report.charts.style import MAIN, SECOND, STYLE, svg
from tasks.report.report_input import Line

PAUSE_S = 4.0
"""Between two points nothing is read; a line is broken there."""
COLUMNS = 2


def timeline_chart(lines: Sequence[Line]) -> str | None:
    """A panel a figure over the run's time; None without telemetry."""
    panels: dict[str, list[Line]] = {}
    for line in lines:
        panels.setdefault(line.panel, []).append(line)
    if not panels:
        return None
    rows = ceil(len(panels) / COLUMNS)
    with mpl.rc_context(STYLE | {"svg.hashsalt": "course", "lines.linewidth": 1.4}):
        figure = Figure(
            figsize=(9.6, 0.4 + 2.1 * rows), layout=ConstrainedLayoutEngine(h_pad=0.12, w_pad=0.14)
        )
        axes = figure.subplots(rows, COLUMNS, squeeze=False, sharex=True).flatten()
        for place, (title, drawn) in zip(axes, panels.items(), strict=False):
            _panel(place, title, drawn)
        for empty in axes[len(panels) :]:
            empty.set_axis_off()
        return svg(
            figure, "server, GPUs and machine over the run's time; the table telemetry has the figures"
        )


def _panel(axes: Any, title: str, lines: Sequence[Line]) -> None:
    for line, colour, style in zip(lines, (MAIN, SECOND), ("-", "--"), strict=False):
        axes.plot(*_broken(line), color=colour, linestyle=style, marker=".", markersize=3, label=line.name)
    axes.set_title(title, fontweight="bold")
    axes.set_xlabel("s since the run's start")
    axes.xaxis.set_tick_params(labelbottom=True)
    axes.yaxis.set_major_locator(MaxNLocator(4))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
    axes.margins(x=0.02, y=0.12)
    axes.set_ylim(bottom=0)
    if len(lines) > 1:
        axes.legend(loc="lower right", bbox_to_anchor=(1, 0.98), ncols=2, handlelength=1.8, borderpad=0)


def _broken(line: Line) -> tuple[list[float], list[float]]:
    seconds, values = list(line.seconds[:1]), list(line.values[:1])
    for (early, late), value in zip(pairwise(line.seconds), line.values[1:], strict=True):
        if late - early > PAUSE_S:
            seconds.append(early)
            values.append(nan)
        seconds.append(late)
        values.append(value)
    return seconds, values

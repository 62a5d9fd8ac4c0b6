"""Draws latency, TTFT and TPOT of a sweep with a single load, as bars."""

from __future__ import annotations

from typing import Any

from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from tasks.config.objective import STATISTICS
from tasks.measure.speed.figures.figure_registry import BY_NAME
from tasks.report.charts.chart_style import MAIN, PAPER, SECOND, statistic_label, time_title
from tasks.report.load_repeats import Repeats, mean_of

PANEL_INCHES = (4.8, 2.1)


def draw_one_load(repeats: Repeats) -> dict[str, Figure]:
    """Return a panel each for latency, TTFT and TPOT, by title. Bars of a suspect load are hollow."""
    panels = {}
    for time in ("latency", "ttft", "tpot"):
        figure = Figure(figsize=PANEL_INCHES, layout=ConstrainedLayoutEngine(w_pad=0.08, h_pad=0.08))
        title = f"{time_title(time)}{' (suspect)' if repeats.suspect else ''}"
        _plot_bars(figure.subplots(), time, repeats, title)
        panels[title] = figure
    return panels


def _plot_bars(axes: Any, time: str, repeats: Repeats, title: str) -> None:
    """Plot a bar for each statistic, averaged over the repeats, with the mean on top."""
    means: dict[str, float] = {}
    for statistic in reversed(STATISTICS):
        mean = mean_of(BY_NAME[f"{time}_{statistic}_s"], repeats)
        if mean is not None:
            means[statistic] = mean
    axes.set_title(title, fontweight="bold")
    edges = [MAIN if statistic == "mean" else SECOND for statistic in means]
    fills = [PAPER] * len(edges) if repeats.suspect else edges
    labels = list(map(statistic_label, means))
    bars = axes.barh(labels, list(means.values()), height=0.62, color=fills, edgecolor=edges, linewidth=1.2)
    write = BY_NAME[f"{time}_mean_s"].notation.write
    axes.bar_label(bars, [write(mean) for mean in means.values()], padding=4, fontsize=9)
    axes.grid(False)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.margins(x=0.2)

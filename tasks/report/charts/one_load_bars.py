"""Draws latency, TTFT and TPOT of a sweep with a single load, as bars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from tasks.config.objective import STATISTICS
from tasks.measure.speed.figures.figure_registry import BY_NAME
from tasks.measure.speed.figures.point_result import PointResult
from tasks.report.charts.chart_style import MAIN, SECOND, statistic_label, time_title
from tasks.report.load_repeats import mean_of


def draw_one_load(points: Sequence[PointResult]) -> Figure:
    """Return a figure with a panel each for latency, TTFT and TPOT."""
    figure = Figure(figsize=(9.6, 2.3), layout=ConstrainedLayoutEngine(w_pad=0.14))
    for axes, time in zip(figure.subplots(1, 3), ("latency", "ttft", "tpot"), strict=True):
        _plot_bars(axes, time, points)
    return figure


def _plot_bars(axes: Any, time: str, points: Sequence[PointResult]) -> None:
    """Plot a bar for each statistic, averaged over the repeats, with the mean on top."""
    means: dict[str, float] = {}
    for statistic in reversed(STATISTICS):
        mean = mean_of(BY_NAME[f"{time}_{statistic}_s"], points)
        if mean is not None:
            means[statistic] = mean
    axes.set_title(time_title(time), fontweight="bold")
    colours = [MAIN if statistic == "mean" else SECOND for statistic in means]
    bars = axes.barh(list(map(statistic_label, means)), list(means.values()), height=0.62, color=colours)
    write = BY_NAME[f"{time}_mean_s"].notation.write
    axes.bar_label(bars, [write(mean) for mean in means.values()], padding=4, fontsize=9)
    axes.grid(False)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.margins(x=0.2)

"""Draws the throughput, latency, TTFT and TPOT of a sweep."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import NullLocator

from tasks.measure.speed.figures.figure_registry import BY_NAME
from tasks.measure.speed.figures.notation import MILLISECONDS
from tasks.measure.speed.figures.point_result import PointResult
from tasks.report import formats
from tasks.report.charts.chart_style import (
    LEGEND,
    MAIN,
    SECOND,
    STYLE,
    THIRD,
    set_number_ticks,
    statistic_label,
    time_title,
    to_svg,
)
from tasks.report.charts.one_load_bars import draw_one_load
from tasks.report.measured_sweep import MeasuredSweep

Samples = Sequence[tuple[float, float]]
"""A pair for each point: the level of its load, and the value of a figure."""
CURVE_STYLES = (("mean", MAIN, "-"), ("p50", SECOND, "--"), ("p95", THIRD, ":"))
"""Statistics of latency, TTFT or TPOT, each with its colour and line style."""
CLOSE_LEVELS = 1.25
"""Smallest factor between two labelled levels. Labels of closer levels, as in a search, would overlap."""


def sweep_chart(sweep: MeasuredSweep) -> str | None:
    """Return an SVG of throughput and times over the load. For a single load, it shows the times as bars.

    Points without a successful request are omitted. Return None if no point remains.
    """
    points = [result for result in sweep.results if result.succeeded]
    if not points:
        return None
    levels = sorted({point.load.level for point in points})
    with mpl.rc_context(STYLE | {"svg.hashsalt": sweep.name}):
        figure = _curves_over_load(points, levels) if len(levels) > 1 else draw_one_load(points)
        return to_svg(figure, f"{sweep.name}: throughput, latency, TTFT and TPOT; the table has the figures")


def _curves_over_load(points: Sequence[PointResult], levels: list[float]) -> Figure:
    figure = Figure(figsize=(9.6, 5.6), layout=ConstrainedLayoutEngine(h_pad=0.14, w_pad=0.14))
    (throughput, latency), (ttft, tpot) = figure.subplots(2, 2)
    _plot_throughput(throughput, points, levels)
    for axes, time in ((latency, "latency"), (ttft, "ttft"), (tpot, "tpot")):
        _plot_statistics(axes, points, time)
        _set_load_axis(axes, time_title(time), levels)
    for axes in (ttft, tpot):
        axes.set_xlabel(formats.common_load_kind(points))
    return figure


def _plot_throughput(axes: Any, points: Sequence[PointResult], levels: list[float]) -> None:
    samples = _samples(points, "output_token_throughput")
    _plot_curve(axes, samples, "", MAIN, "-")
    labelled = _without_close(levels)
    for level, value in _means(samples):
        if level in labelled:
            text, offset = f"{value:,.0f}", {"xytext": (0, 7), "textcoords": "offset points"}
            axes.annotate(text, (level, value), ha="center", fontsize=9, **offset)
    _set_load_axis(axes, "Output tokens per second", levels)
    axes.margins(y=0.16)
    axes.set_ylim(bottom=0)


def _plot_statistics(axes: Any, points: Sequence[PointResult], time: str) -> None:
    """Plot mean, P50 and P95 over the load. The legend omits a percentile that no point has."""
    factor = 1000 if BY_NAME[f"{time}_mean_s"].notation is MILLISECONDS else 1
    for statistic, colour, style in CURVE_STYLES:
        samples = _samples(points, f"{time}_{statistic}_s", factor)
        if samples:
            _plot_curve(axes, samples, statistic_label(statistic), colour, style)
    axes.margins(y=0.12)
    axes.set_ylim(bottom=0)
    if axes.get_legend_handles_labels()[0]:
        axes.legend(ncols=3, bbox_to_anchor=(1, 0.99), **LEGEND)


def _samples(points: Sequence[PointResult], figure: str, factor: float = 1) -> list[tuple[float, float]]:
    """Return level and value for every point that has the figure."""
    samples = []
    for point in points:
        value = point[figure]
        if value is not None:
            samples.append((point.load.level, value * factor))
    return samples


def _plot_curve(axes: Any, samples: Samples, label: str, colour: str, style: str) -> None:
    """Plot a line through the means of the repeats. If a load has several, add a pale dot for each."""
    means = _means(samples)
    axes.plot(*_x_and_y(means), color=colour, linestyle=style, marker="o", label=label)
    if len(means) < len(samples):
        axes.plot(*_x_and_y(samples), color=colour, linestyle="", marker="o", alpha=0.35)


def _means(samples: Samples) -> list[tuple[float, float]]:
    """Return the mean of the repeats at each level, by rising level."""
    values_by_level: dict[float, list[float]] = {}
    for level, value in samples:
        values_by_level.setdefault(level, []).append(value)
    return [(level, fmean(values)) for level, values in sorted(values_by_level.items())]


def _x_and_y(samples: Samples) -> tuple[list[float], list[float]]:
    return [level for level, _ in samples], [value for _, value in samples]


def _set_load_axis(axes: Any, title: str, levels: list[float]) -> None:
    labelled = _without_close(levels)
    axes.set_title(title, fontweight="bold")
    axes.set_xscale("log")
    axes.set_xticks(labelled, [f"{level:g}" for level in labelled])
    axes.xaxis.set_minor_locator(NullLocator())
    set_number_ticks(axes)
    axes.margins(x=0.06)


def _without_close(levels: list[float]) -> list[float]:
    """Return the levels whose labels do not overlap."""
    kept: list[float] = []
    for level in levels:
        if not kept or level >= CLOSE_LEVELS * kept[-1]:
            kept.append(level)
    return kept

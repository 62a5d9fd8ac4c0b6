"""Draws the throughput, latency, TTFT and TPOT of a sweep."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import NullLocator

from tasks.measure.speed.figures.figure_registry import BY_NAME
from tasks.measure.speed.figures.notation import MILLISECONDS
from tasks.report import formats
from tasks.report.charts.chart_style import (
    LEGEND,
    MAIN,
    PAPER,
    SECOND,
    STYLE,
    THIRD,
    set_number_ticks,
    statistic_label,
    time_title,
    to_svg,
)
from tasks.report.charts.one_load_bars import draw_one_load
from tasks.report.charts.samples import Sample, means_of, samples_of
from tasks.report.load_repeats import Repeats, usable_repeats
from tasks.report.measured_sweep import MeasuredSweep

CURVE_STYLES = (("mean", MAIN, "-"), ("p50", SECOND, "--"), ("p95", THIRD, ":"))
"""Statistics of latency, TTFT or TPOT, each with its colour and line style."""
CLOSE_LEVELS = 1.25
"""Smallest factor between two labelled levels. Labels of closer levels, as in a search, would overlap."""
PANEL_INCHES = (4.8, 2.75)


def sweep_chart(sweep: MeasuredSweep) -> str | None:
    """Return a panel each for throughput and times over the load. For a single load, the times are bars.

    Points that are invalid or without a successful request are left out. Return None if no point remains.
    """
    loads = sorted(usable_repeats(sweep.points), key=lambda repeats: repeats.first.load.sort_key)
    if not loads:
        return None
    levels = sorted({repeats.first.load.level for repeats in loads})
    with mpl.rc_context(STYLE | {"svg.hashsalt": sweep.name}):
        panels = _curves_over_load(loads, levels) if len(levels) > 1 else draw_one_load(loads[0])
        svgs = [
            to_svg(panel, f"{sweep.name}: {title}; the table has the figures")
            for title, panel in panels.items()
        ]
    columns = "" if len(levels) > 1 else " three"
    return f'<div class="panels{columns}">{"".join(svgs)}</div>'


def _curves_over_load(loads: Sequence[Repeats], levels: list[float]) -> dict[str, Figure]:
    """Return the panels by title."""
    panels = {"Output, tok/s": _throughput_panel(loads, levels)}
    for time in ("latency", "ttft", "tpot"):
        panels[time_title(time)] = _time_panel(loads, time)
    for title, panel in panels.items():
        (axes,) = panel.axes
        _set_load_axis(axes, title, levels)
        axes.set_xlabel(_load_axis_text(loads))
        _add_legend(axes, any(repeats.suspect for repeats in loads))
    return panels


def _throughput_panel(loads: Sequence[Repeats], levels: list[float]) -> Figure:
    figure, axes = _empty_panel()
    samples = samples_of(loads, "output_token_throughput")
    _plot_curve(axes, samples, "", MAIN, "-")
    labelled = _without_close(levels)
    for level, value, _ in means_of(samples):
        if level in labelled:
            text, offset = f"{value:,.0f}", {"xytext": (0, 7), "textcoords": "offset points"}
            axes.annotate(text, (level, value), ha="center", fontsize=9, **offset)
    _set_height(axes, samples)
    return figure


def _time_panel(loads: Sequence[Repeats], time: str) -> Figure:
    """Return mean, P50 and P95 over the load. The legend omits a percentile that no point has."""
    figure, axes = _empty_panel()
    factor = 1000 if BY_NAME[f"{time}_mean_s"].notation is MILLISECONDS else 1
    plotted: list[Sample] = []
    for statistic, colour, style in CURVE_STYLES:
        samples = samples_of(loads, f"{time}_{statistic}_s", factor)
        if samples:
            _plot_curve(axes, samples, statistic_label(statistic), colour, style)
        plotted += samples
    _set_height(axes, plotted)
    return figure


def _set_height(axes: Any, samples: Sequence[Sample]) -> None:
    """Begin the y axis at 0, and leave room above the highest marker for its label."""
    highest = max((sample.value for sample in samples), default=0.0)
    axes.set_ylim(0, 1.18 * highest or 1.0)


def _empty_panel() -> tuple[Figure, Any]:
    figure = Figure(figsize=PANEL_INCHES, layout=ConstrainedLayoutEngine(h_pad=0.08, w_pad=0.08))
    return figure, figure.subplots()


def _add_legend(axes: Any, suspect: bool) -> None:
    """Add the legend; it explains the hollow marker if the chart has one."""
    if suspect:
        axes.plot([], [], color=MAIN, linestyle="", marker="o", markerfacecolor=PAPER, label="suspect")
    if axes.get_legend_handles_labels()[0]:
        axes.legend(ncols=4, bbox_to_anchor=(1, 0.99), columnspacing=1.2, **LEGEND)


def _plot_curve(axes: Any, samples: Sequence[Sample], label: str, colour: str, style: str) -> None:
    """Plot a line through the means of the repeats. If a load has several, add a pale dot for each."""
    means = means_of(samples)
    levels, values = [mean.level for mean in means], [mean.value for mean in means]
    axes.plot(levels, values, color=colour, linestyle=style, marker="o", label=label)
    hollow = [mean for mean in means if mean.suspect]
    axes.plot(
        [mean.level for mean in hollow],
        [mean.value for mean in hollow],
        color=colour,
        linestyle="",
        marker="o",
        markerfacecolor=PAPER,
    )
    if len(means) < len(samples):
        levels, values = [sample.level for sample in samples], [sample.value for sample in samples]
        axes.plot(
            levels, values, color=colour, linestyle="", marker="o", markersize=3.5, alpha=0.35, zorder=1.5
        )


def _load_axis_text(loads: Sequence[Repeats]) -> str:
    """Return the title of the load axis, with its unit and that it is logarithmic."""
    points = [repeats.first for repeats in loads]
    kind, units = formats.common_load_kind(points), {point.load.unit for point in points}
    unit = f", {units.pop()}" if kind == "rate" and len(units) == 1 else ""
    return f"{kind}{unit} (log scale)"


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

"""Draws the report's charts of speed and scores."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullLocator

from tasks.config.objective import STATISTICS
from tasks.measure.accuracy.scores import Score
from tasks.measure.speed.figures import BY_NAME
from tasks.measure.speed.notation import MILLISECONDS
from tasks.measure.speed.point_result import PointResult
from tasks.record.results import RecordedPoint
from tasks.report import formats
from tasks.report.charts.style import MAIN, SECOND, STYLE, THIRD, svg

Figures = Sequence[tuple[float, float | None]]


def sweep_chart(name: str, points: Sequence[RecordedPoint]) -> str | None:
    """Throughput, latency, TTFT and TPOT over the load, or the spread of each where there is one load.

    Points without a success are left out; None where no point is left.
    """
    shown = [point.result for point in points if point.result.succeeded]
    loads = {point.load.level for point in shown}
    if not shown:
        return None
    with mpl.rc_context(STYLE | {"svg.hashsalt": name}):
        figure = _over_load(shown, sorted(loads)) if len(loads) > 1 else _at_one_load(shown)
        return svg(figure, f"{name}: throughput, latency, TTFT and TPOT; the table has the figures")


def score_chart(scores: Sequence[Score]) -> str | None:
    """Each score with its 95 % interval as an error bar; None without scores."""
    if not scores:
        return None
    with mpl.rc_context(STYLE | {"svg.hashsalt": "scores", "axes.grid.axis": "x"}):
        figure = Figure(figsize=(9.6, 0.75 + 0.42 * len(scores)), layout="constrained")
        axes = figure.subplots()
        for place, score in enumerate(reversed(scores)):
            axes.barh(place, score.value, height=0.5, color=MAIN, alpha=0.25)
            axes.plot([score.ci_low, score.ci_high], [place, place], color=MAIN, linewidth=2.2, marker="|")
            axes.plot(score.value, place, color=MAIN, marker="o", markersize=7)
        axes.set_yticks(range(len(scores)), [_label(score) for score in reversed(scores)])
        axes.set_ylim(-0.6, len(scores) - 0.4)
        axes.set_xlim(0, 1.02)
        return svg(figure, "scores with their 95 % intervals; the table has the figures")


def _over_load(points: Sequence[PointResult], loads: list[float]) -> Figure:
    figure = Figure(figsize=(9.6, 5.6), layout=ConstrainedLayoutEngine(h_pad=0.14, w_pad=0.14))
    (throughput, latency), (ttft, tpot) = figure.subplots(2, 2)
    _throughput(throughput, points, loads)
    for axes, time in ((latency, "latency"), (ttft, "ttft"), (tpot, "tpot")):
        _spread(axes, points, time)
        _dress(axes, _title(time), loads)
    for axes in (ttft, tpot):
        axes.set_xlabel(formats.load_kind(points))
    return figure


def _throughput(axes: Any, points: Sequence[PointResult], loads: list[float]) -> None:
    output = [(point.load.level, point["output_token_throughput"]) for point in points]
    _line(axes, output, "", MAIN, "-")
    for load, value in _means(output):
        if load in _apart(loads):
            label, offset = f"{value:,.0f}", {"xytext": (0, 7), "textcoords": "offset points"}
            axes.annotate(label, (load, value), ha="center", fontsize=9, **offset)
    _dress(axes, "Output tokens per second", loads)
    axes.margins(y=0.16)
    axes.set_ylim(bottom=0)


def _title(time: str) -> str:
    """As `TTFT, ms`."""
    name = "Latency" if time == "latency" else time.upper()
    return f"{name}, {BY_NAME[f'{time}_mean_s'].notation.unit}"


def _spread(axes: Any, points: Sequence[PointResult], time: str) -> None:
    """Mean, P50 and P95 over the load; a percentile that no point has is not in the legend."""
    factor = 1000 if BY_NAME[f"{time}_mean_s"].notation is MILLISECONDS else 1
    for name, colour, style in (("mean", MAIN, "-"), ("p50", SECOND, "--"), ("p95", THIRD, ":")):
        values = [(point.load.level, point[f"{time}_{name}_s"]) for point in points]
        scaled = [(load, value * factor) for load, value in values if value is not None]
        if scaled:
            _line(axes, scaled, name if name == "mean" else name.upper(), colour, style)
    axes.margins(y=0.12)
    axes.set_ylim(bottom=0)
    axes.legend(loc="lower right", bbox_to_anchor=(1, 0.99), ncols=3, handlelength=1.8, borderpad=0)


def _line(axes: Any, figures: Figures, label: str, colour: str, style: str) -> None:
    """A line through the means of the repeats, and a dot for each of them."""
    means = _means(figures)
    axes.plot(*zip(*means, strict=True), color=colour, linestyle=style, marker="o", label=label)
    if len(means) < len(figures):
        axes.plot(*zip(*figures, strict=True), color=colour, linestyle="", marker="o", alpha=0.35)


def _dress(axes: Any, title: str, loads: list[float]) -> None:
    axes.set_title(title, fontweight="bold")
    axes.set_xscale("log")
    axes.set_xticks(_apart(loads), [f"{load:g}" for load in _apart(loads)])
    axes.xaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_locator(MaxNLocator(4))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
    axes.margins(x=0.06)


def _apart(loads: list[float]) -> list[float]:
    """Those that can be written beside each other: near its answer a search has levels close together."""
    kept: list[float] = []
    for load in loads:
        if not kept or load >= 1.25 * kept[-1]:
            kept.append(load)
    return kept


def _at_one_load(points: Sequence[PointResult]) -> Figure:
    figure = Figure(figsize=(9.6, 2.3), layout=ConstrainedLayoutEngine(w_pad=0.14))
    for axes, time in zip(figure.subplots(1, 3), ("latency", "ttft", "tpot"), strict=True):
        _bars(axes, time, points)
    return figure


def _bars(axes: Any, time: str, points: Sequence[PointResult]) -> None:
    """Mean and percentiles, each the mean of the repeats."""
    values = {}
    for name in STATISTICS:
        known = [value for value in (point[f"{time}_{name}_s"] for point in points) if value is not None]
        if known:
            values[name] = fmean(known)
    title, write = _title(time), BY_NAME[f"{time}_mean_s"].notation.write
    axes.set_title(title, fontweight="bold")
    names = list(reversed(values))
    bars = axes.barh(
        [name if name == "mean" else name.upper() for name in names],
        [values[name] for name in names],
        height=0.62,
        color=[MAIN if name == "mean" else SECOND for name in names],
    )
    axes.bar_label(bars, [write(values[name]) for name in names], padding=4, fontsize=9)
    axes.grid(False)
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    axes.margins(x=0.2)


def _means(figures: Figures) -> list[tuple[float, float]]:
    loads = sorted({load for load, _ in figures})
    return [(at, fmean(value for load, value in figures if load == at and value is not None)) for at in loads]


def _label(score: Score) -> str:
    return f"{score.dataset} {score.subset}"

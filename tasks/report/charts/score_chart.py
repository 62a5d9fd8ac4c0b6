"""Draws the scores of a run."""

from __future__ import annotations

import matplotlib as mpl
from matplotlib.figure import Figure

from tasks.measure.accuracy.scores import Score
from tasks.report import formats
from tasks.report.charts.chart_style import MAIN, STYLE, to_svg
from tasks.report.report_input import ReportInput


def score_chart(report: ReportInput) -> str | None:
    """Return an SVG of each score with its 95 % interval as an error bar; None without scores."""
    scores = [score for accuracy in report.accuracy for score in accuracy.scores]
    if not scores:
        return None
    with mpl.rc_context(STYLE | {"svg.hashsalt": "scores", "axes.grid.axis": "x"}):
        return to_svg(_draw(scores), "scores with their 95 % intervals; the table has the figures")


def _draw(scores: list[Score]) -> Figure:
    figure = Figure(figsize=(9.6, 0.95 + 0.42 * len(scores)), layout="constrained")
    axes = figure.subplots()
    bottom_up = scores[::-1]
    for row, score in enumerate(bottom_up):
        axes.barh(row, score.value, height=0.5, color=MAIN, alpha=0.25)
        axes.plot([score.ci_low, score.ci_high], [row, row], color=MAIN, linewidth=2.2, marker="|")
        axes.plot(score.value, row, color=MAIN, marker="o", markersize=7)
    names = [formats.score_name(score.dataset, score.subset) for score in bottom_up]
    axes.set_yticks(range(len(scores)), names)
    axes.set_ylim(-0.6, len(scores) - 0.4)
    axes.set_xlim(0, 1.02)
    axes.set_xlabel("score, with its 95 % interval")
    return figure

"""The registry of the charts of a comparison. To add a chart, add a file to this folder and an entry here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from tasks.report.charts.change_charts import score_change_charts, speed_change_charts
from tasks.report.charts.chart import Chart
from tasks.report.charts.overlaid_charts import overlaid_charts
from tasks.report.comparison.compared_run import ComparedRun


class ComparisonCharts(NamedTuple):
    """Charts of several runs. A table with the same title as their section is shown below the charts."""

    title: str
    draw: Callable[[Sequence[ComparedRun]], Sequence[Chart]]


COMPARISON_CHARTS = (
    ComparisonCharts("Speed side by side", overlaid_charts),
    ComparisonCharts("Speed side by side", speed_change_charts),
    ComparisonCharts("Accuracy side by side", score_change_charts),
)
"""Charts of a comparison, in the order of their sections."""

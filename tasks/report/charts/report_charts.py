"""The registry of the page's charts. To add a chart, add a file to this folder and an entry here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from tasks.report.charts.chart import Chart
from tasks.report.charts.score_chart import score_charts
from tasks.report.charts.sweep_charts import sweep_charts
from tasks.report.charts.timeline_charts import timeline_charts
from tasks.report.measured_sweep import MeasuredSweep
from tasks.report.report_input import ReportInput
from tasks.report.tables.score_table import TITLE as ACCURACY


class RunCharts(NamedTuple):
    """Charts of the whole run.

    `title`: the heading of their section. A table with the same title is shown below the charts.
    `draw`: returns the charts; none if there is nothing to draw.
    """

    title: str
    draw: Callable[[ReportInput], Sequence[Chart]]
    note: str = ""


SWEEP_CHARTS: tuple[Callable[[MeasuredSweep], Sequence[Chart]], ...] = (sweep_charts,)
"""Charts of one sweep, shown above its tables."""
RUN_CHARTS = (
    RunCharts(ACCURACY, score_charts),
    RunCharts(
        "Server, GPUs and machine during the run",
        timeline_charts,
        "Sampled during every point; a curve is interrupted between points. "
        "All samples are in the table telemetry.",
    ),
)
"""Charts of the whole run, in the order of their sections."""

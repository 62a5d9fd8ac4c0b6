"""The registry of the page's charts. To add a chart, add a file to this folder and an entry here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from tasks.report.charts.chart import Chart
from tasks.report.charts.distribution_charts import distribution_charts
from tasks.report.charts.effort_chart import effort_charts
from tasks.report.charts.request_chart import request_charts
from tasks.report.charts.score_chart import score_charts
from tasks.report.charts.throughput_chart import throughput_charts
from tasks.report.charts.time_charts import time_charts
from tasks.report.charts.timeline_charts import timeline_charts
from tasks.report.charts.turn_charts import turn_charts
from tasks.report.charts.user_chart import user_charts
from tasks.report.measured_sweep import MeasuredSweep
from tasks.report.report_input import ReportInput
from tasks.report.tables.score_table import TITLE as ACCURACY


class RunCharts(NamedTuple):
    """Charts of the whole run.

    `title`: the heading of their section, which several entries may share. A table with the same title is
    shown below the charts.
    `draw`: returns the charts; none if there is nothing to draw.
    """

    title: str
    draw: Callable[[ReportInput], Sequence[Chart]]
    note: str = ""


OVER_TIME = "Requests, server, GPUs and machine during the run"
SWEEP_CHARTS: tuple[Callable[[MeasuredSweep], Sequence[Chart]], ...] = (
    throughput_charts,
    user_charts,
    time_charts,
    distribution_charts,
    turn_charts,
)
"""Charts of one sweep, shown above its tables."""
RUN_CHARTS = (
    RunCharts(ACCURACY, score_charts),
    RunCharts(ACCURACY, effort_charts),
    RunCharts(OVER_TIME, request_charts),
    RunCharts(
        OVER_TIME,
        timeline_charts,
        "Drag over a chart to enlarge a part of the time in all of them; a double click shows the whole run. "
        "Telemetry is sampled during every point; all samples are in the table telemetry.",
    ),
)
"""Charts of the whole run, in the order of their sections."""

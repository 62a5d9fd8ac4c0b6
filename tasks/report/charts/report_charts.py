"""The registry of the page's charts. To add a chart, add a file to this folder and an entry here."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tasks.report.charts.score_chart import score_chart
from tasks.report.charts.sweep_chart import sweep_chart
from tasks.report.charts.timeline_chart import timeline_chart
from tasks.report.measured_sweep import MeasuredSweep
from tasks.report.report_input import ReportInput
from tasks.report.tables.score_table import TITLE as ACCURACY


class RunChart(NamedTuple):
    """A chart of the whole run.

    `title`: the heading of its section. A table with the same title is shown below the chart.
    `draw`: returns the chart as SVG, or None if there is nothing to draw.
    """

    title: str
    draw: Callable[[ReportInput], str | None]
    note: str = ""


SWEEP_CHARTS: tuple[Callable[[MeasuredSweep], str | None], ...] = (sweep_chart,)
"""Charts of one sweep, shown above its tables."""
RUN_CHARTS = (
    RunChart(ACCURACY, score_chart),
    RunChart(
        "Server, GPUs and machine during the run",
        timeline_chart,
        "Sampled during every point; a curve is interrupted between points. "
        "All samples are in the table telemetry.",
    ),
)
"""Charts of the whole run, in the order of their sections."""

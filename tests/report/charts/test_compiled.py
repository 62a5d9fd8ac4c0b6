"""Vega-Lite itself accepts the specification of every chart."""

from __future__ import annotations

from collections.abc import Iterator

import vl_convert

from tasks.report.charts.chart import Chart
from tasks.report.charts.comparison_charts import COMPARISON_CHARTS
from tasks.report.charts.report_charts import RUN_CHARTS, SWEEP_CHARTS
from tasks.report.charts.vega_style import CONFIG
from tasks.report.measured_sweep import measured_sweeps
from tasks.report.report_input import TimelineCurve
from tests.report.comparison.compared_runs import compared
from tests.report.made_up import report, with_conversations, with_requests


def every_chart() -> Iterator[Chart]:
    """Every kind of chart of the page, and of a comparison."""
    curve = TimelineCurve(panel="GPU power, W", name="", seconds=(0, 1), values=(1, 2))
    measured = with_conversations(with_requests(report(timeline=(curve,))))
    for sweep in measured_sweeps(measured):
        for draw_sweep in SWEEP_CHARTS:
            yield from draw_sweep(sweep)
    for entry in RUN_CHARTS:
        yield from entry.draw(measured)
    for comparison in COMPARISON_CHARTS:
        yield from comparison.draw([compared("a"), compared("b"), compared("c")])


def test_every_specification_compiles() -> None:
    charts = list(every_chart())
    assert len(charts) > 30
    for chart in charts:
        whole = {**chart.spec, "config": CONFIG, "datasets": {"rows": [*map(dict, chart.rows)]}, "width": 300}
        compiled = vl_convert.vegalite_to_vega(whole)
        assert compiled["marks"], chart.title

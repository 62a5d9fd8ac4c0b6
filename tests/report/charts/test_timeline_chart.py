"""The timeline chart."""

from __future__ import annotations

from math import isnan
from xml.etree import ElementTree

from tasks.report.charts.timeline_chart import interrupted, timeline_chart
from tasks.report.page.html import render_page
from tasks.report.report_input import TimelineCurve
from tests.report.made_up import report


def test_a_curve_is_interrupted_where_nothing_was_sampled() -> None:
    curve = TimelineCurve(panel="p", name="", seconds=(0, 1, 30, 31), values=(1, 2, 3, 4))
    seconds, values = interrupted(curve)
    assert seconds == [0, 1, 1, 30, 31]
    assert isnan(values[2])
    assert values[:2] + values[3:] == [1, 2, 3, 4]


def test_the_chart_has_a_panel_a_metric_and_is_on_the_page() -> None:
    names = (("Requests", "running"), ("Requests", "waiting"), ("GPU power, W", ""))
    curves = tuple(
        TimelineCurve(panel=panel, name=name, seconds=(0, 1, 2), values=(1, 3, 2)) for panel, name in names
    )
    measured = report(timeline=curves)
    chart = timeline_chart(measured) or ""
    ElementTree.fromstring(chart)
    for text in ("Requests", "running", "waiting", "GPU power, W", "var(--second)"):
        assert text in chart
    assert chart in render_page(measured)


def test_without_telemetry_there_is_no_chart() -> None:
    assert timeline_chart(report()) is None
    assert "during the run" not in render_page(report())

"""The charts of the telemetry."""

from __future__ import annotations

from tasks.report.charts.timeline_charts import timeline_charts
from tasks.report.page.html import render_page
from tasks.report.report_input import TimelineCurve
from tests.report.made_up import report


def test_a_curve_is_interrupted_where_nothing_was_sampled() -> None:
    curve = TimelineCurve(panel="p", name="", seconds=(0, 1, 30, 31), values=(1, 2, 3, 4))
    (chart,) = timeline_charts(report(timeline=(curve,)))
    assert [(row["seconds"], row["p"], row["part"]) for row in chart.rows] == [
        (0, 1, 0), (1, 2, 0), (30, 3, 1), (31, 4, 1),
    ]  # fmt: skip
    assert chart.spec["layer"][0]["encoding"]["detail"]["field"] == "part"


def test_thinned_out_samples_of_a_long_run_stay_one_curve() -> None:
    seconds = (0, 20, 40, 60, 300, 320, 340)
    curve = TimelineCurve(panel="p", name="", seconds=seconds, values=(1,) * len(seconds))
    (chart,) = timeline_charts(report(timeline=(curve,)))
    assert [row["part"] for row in chart.rows] == [0, 0, 0, 0, 1, 1, 1]


def test_there_is_a_chart_a_metric_over_the_same_time() -> None:
    names = (("Requests", "running"), ("Requests", "waiting"), ("GPU power, W", ""))
    curves = tuple(
        TimelineCurve(panel=panel, name=name, seconds=(0, 1, 2), values=(1, 3, 2)) for panel, name in names
    )
    measured = report(timeline=curves)
    requests, power = timeline_charts(measured)
    colour = requests.spec["layer"][0]["encoding"]["color"]
    assert colour["scale"] == {"domain": ["running", "waiting"], "range": ["var(--main)", "var(--second)"]}
    assert power.spec["layer"][0]["encoding"]["y"]["axis"]["title"] == "W"
    assert requests.spec["params"] == power.spec["params"]
    assert requests.spec["params"] == [
        {"name": "time_from", "value": 0}, {"name": "time_to", "value": 2.02},
    ]  # fmt: skip
    assert 'data-csv="requests-server-gpus-and-machine-gpu-power-w"' in render_page(measured)


def test_without_telemetry_there_is_no_chart() -> None:
    assert timeline_charts(report()) == []

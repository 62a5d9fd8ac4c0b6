"""Throughput against the speed for one user."""

from __future__ import annotations

from tasks.report.charts.user_chart import user_charts
from tasks.report.measured_sweep import MeasuredSweep
from tests.record import made_up
from tests.report.made_up import sweep_of


def sweep(*levels: int, gpu: float | None) -> MeasuredSweep:
    """Loads that each give one user 100 tokens per second, divided by the concurrency."""
    results = [
        made_up.point(concurrency=level).with_figures(
            {"output_throughput_per_user": 100 / level, "output_throughput_per_gpu": gpu}
        )
        for level in levels
    ]
    return sweep_of(*map(made_up.recorded, results))


def test_every_load_is_a_point_of_the_curve() -> None:
    (chart,) = user_charts(sweep(1, 4, gpu=40.0))
    assert chart.title == "Output a GPU against output a user"
    assert [tuple(row.values()) for row in chart.rows] == [(1, 1, 100, 40, "valid"), (4, 1, 25, 40, "valid")]
    line = chart.spec["layer"][0]["encoding"]
    assert (line["x"]["field"], line["y"]["field"]) == ("output, tok/s/user", "output, tok/s/GPU")
    assert line["order"] == {"field": "concurrency", "type": "quantitative"}


def test_without_gpus_it_is_the_throughput_of_the_server() -> None:
    (chart,) = user_charts(sweep(1, 4, gpu=None))
    assert chart.title == "Output against output a user"
    assert chart.spec["layer"][0]["encoding"]["y"]["axis"]["title"] == "output, tok/s"


def test_a_single_load_and_one_without_the_figure_have_no_chart() -> None:
    assert user_charts(sweep(1, gpu=40.0)) == []
    assert user_charts(sweep_of(*(made_up.recorded(made_up.point(concurrency=n)) for n in (1, 2)))) == []

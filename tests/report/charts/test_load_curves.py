"""The charts of a sweep over its load, as data: throughput, times, and the bars of a single load."""

from __future__ import annotations

from typing import Any

import pytest

from tasks.config.load import read_load
from tasks.report.charts.chart import Chart
from tasks.report.charts.overlaid_charts import overlaid_charts
from tasks.report.charts.throughput_chart import throughput_charts
from tasks.report.charts.time_charts import time_charts
from tasks.report.charts.user_chart import user_charts
from tasks.report.comparison.compared_run import ComparedRun
from tasks.report.measured_sweep import MeasuredSweep
from tests.record import made_up
from tests.report.made_up import INVALID, SUSPECT, report, sweep, sweep_of


def sweep_charts(measured: MeasuredSweep) -> list[Chart]:
    """Throughput, then the times."""
    return throughput_charts(measured) + time_charts(measured)


def layers_with(found: Chart, **mark: Any) -> list[dict[str, Any]]:
    """The layers whose mark has these properties."""
    marks = [(layer, layer["mark"]) for layer in found.spec["layer"] if isinstance(layer["mark"], dict)]
    return [layer for layer, has in marks if mark.items() <= has.items()]


def test_a_sweep_has_throughput_and_times_over_its_load() -> None:
    charts = sweep_charts(sweep("throughput"))
    assert [chart.title for chart in charts] == [
        "Output throughput, tok/s", "Latency, s", "TTFT, ms", "TPOT, ms",
    ]  # fmt: skip
    x = charts[0].spec["layer"][-1]["encoding"]["x"]
    assert x["field"] == "concurrency"
    assert x["axis"] == {"title": "concurrency (log scale)", "values": [1, 10, 100], "format": "~g"}
    assert x["scale"] == {"type": "log", "nice": False, "domain": [1 / 1.12, 112.00000000000001]}


def test_the_rows_hold_every_figure_of_every_point() -> None:
    measured = sweep_of(
        made_up.recorded(made_up.point(concurrency=1, requests=5)),
        made_up.recorded(made_up.point(concurrency=10, requests=50), verdict=SUSPECT),
    )
    throughput, latency, ttft, _ = sweep_charts(measured)
    assert [dict(row) for row in throughput.rows] == [
        {"concurrency": 1, "repeat": 1, "statistic": "mean", "output, tok/s": 64 / 1.1, "verdict": "valid"},
        {"concurrency": 10, "repeat": 1, "statistic": "mean", "output, tok/s": 320, "verdict": "suspect"},
    ]
    assert [(row["concurrency"], row["statistic"], row["Latency, s"]) for row in latency.rows] == [
        (1, "mean", 1.1), (10, "mean", 2), (1, "P50", 1.1 * 0.9), (10, "P50", 1.8), (10, "P95", 3),
    ]  # fmt: skip
    assert ttft.rows[0]["TTFT, ms"] == pytest.approx(55)


def loads(*settings: dict[str, Any]) -> MeasuredSweep:
    """A sweep of these loads."""
    points = []
    for each in settings:
        load = read_load({"requests": 50, **each})
        points.append(made_up.recorded(made_up.point().model_copy(update={"load": load})))
    return sweep_of(*points)


@pytest.mark.parametrize(
    "settings",
    [
        ({"rate": 5}, {"rate": 5, "burstiness": 0.5}, {"rate": 10}),
        ({"trace": "one.jsonl"}, {"trace": "two.jsonl"}),
        ({"concurrency": 4}, {"rate": 4}, {"rate": 8}),
    ],
)
def test_two_loads_of_one_level_are_no_repeats_of_one_load(settings: tuple[dict[str, Any], ...]) -> None:
    assert sweep_charts(loads(*settings)) == user_charts(loads(*settings)) == []
    assert len(sweep_charts(loads(settings[0]))) == 3  # the bars of a single load
    run = ComparedRun(report=report(points=loads(*settings).points, accuracy=()))
    assert overlaid_charts([run, run]) == []


def test_a_sweep_without_a_success_has_no_chart() -> None:
    assert sweep_charts(sweep("broken")) == []


def test_a_percentile_that_no_point_has_is_not_in_the_legend() -> None:
    small = sweep_of(*(made_up.recorded(made_up.point(concurrency=n, requests=5)) for n in (1, 2)))
    scale = layers_with(sweep_charts(small)[1], size=60)[0]["encoding"]["color"]["scale"]
    assert scale == {"domain": ["mean", "P50"], "range": ["var(--main)", "var(--second)"]}


def test_the_load_axis_has_the_name_of_the_load_kind() -> None:
    slow, fast = (made_up.open_point(made_up.point("open"), rate) for rate in (2.5, 5.0))
    (throughput, *_) = sweep_charts(sweep_of(made_up.recorded(slow), made_up.recorded(fast)))
    assert throughput.spec["layer"][0]["encoding"]["x"]["axis"]["title"] == "rate, req/s (log scale)"


def test_markers_of_suspect_figures_are_hollow() -> None:
    points = [made_up.recorded(made_up.point(concurrency=level)) for level in (1, 2)]
    for valid in sweep_charts(sweep_of(*points)):
        assert not valid.suspect
        assert layers_with(valid, fill="var(--card)") == []
    points[1] = made_up.recorded(made_up.point(concurrency=2), verdict=SUSPECT)
    for doubtful in sweep_charts(sweep_of(*points)):
        assert doubtful.suspect
        (hollow,) = layers_with(doubtful, fill="var(--card)")
        assert hollow["transform"][-1] == {"filter": "datum.verdict == 'suspect'"}


def test_a_mean_over_repeats_is_suspect_if_one_of_them_is() -> None:
    transform = sweep_charts(sweep("twice"))[0].spec["layer"][0]["transform"]
    assert transform[1]["aggregate"][-1] == {"op": "max", "field": "is_suspect", "as": "is_suspect"}
    assert transform[1]["groupby"] == ["concurrency", "statistic"]


def test_every_repeat_is_a_dot() -> None:
    assert layers_with(sweep_charts(sweep("throughput"))[0], size=16) == []
    (dots,) = layers_with(sweep_charts(sweep("twice"))[0], size=16)
    assert "transform" not in dots


def test_the_knee_is_marked_in_every_chart() -> None:
    for found in sweep_charts(sweep("throughput")):
        band, line, name = found.spec["layer"][:3]
        assert band["data"]["values"] == [{"low": 19, "high": 20}]
        assert line["data"]["values"] == [{"level": 19}]
        assert name["encoding"]["text"] == {"value": {"expr": "translated('knee')"}}
    assert "data" not in sweep_charts(sweep("twice"))[0].spec["layer"][0]


def test_bars_of_a_suspect_load_are_hollow() -> None:
    (latency, ttft, tpot) = sweep_charts(sweep_of(made_up.recorded(made_up.point(), verdict=SUSPECT)))
    assert [found.title for found in (latency, ttft, tpot)] == ["Latency, s", "TTFT, ms", "TPOT, ms"]
    assert {row["verdict"] for row in latency.rows} == {"suspect"}
    fill = latency.spec["layer"][0]["encoding"]["fill"]["condition"][0]
    assert fill == {"test": "datum.verdict == 'suspect'", "value": "var(--card)"}
    assert latency.suspect


def test_an_invalid_point_is_not_drawn() -> None:
    valid = [made_up.recorded(made_up.point(concurrency=level)) for level in (1, 2)]
    invalid = made_up.recorded(made_up.point(concurrency=64), verdict=INVALID)
    assert sweep_charts(sweep_of(*valid, invalid)) == sweep_charts(sweep_of(*valid))

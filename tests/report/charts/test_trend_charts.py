"""The chart of a figure from run to run, as data."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tasks.report.charts.trend_charts import trend_chart
from tasks.report.trend.change_points import ChangePoint
from tasks.report.trend.figure_series import FigureSeries, SeriesKey, SeriesRun
from tests.record import made_up

KEY = SeriesKey("smoke", "m", "GPU", "throughput", "c4")
VALUES, VERSIONS = (0.1, 0.1, 0.2, 0.2), ("1", "2", "2", "2")


def series(suspect: bool = False) -> FigureSeries:
    """Four runs on four days: another version with the second, another level with the third."""
    runs = [
        SeriesRun(
            run_id=f"run-{number}",
            started_at=made_up.START + timedelta(days=number),
            engine_version=version,
            values=(value, value),
            suspect=suspect,
        )
        for number, (value, version) in enumerate(zip(VALUES, VERSIONS, strict=True))
    ]
    changes = (ChangePoint(position=2, p=0.01),)
    return FigureSeries(key=KEY, figure="ttft_mean_s", runs=tuple(runs), changes=changes)


def test_each_run_is_a_row_in_the_reports_unit_with_its_level() -> None:
    chart = trend_chart(series())
    assert (chart.title, chart.suspect) == ("TTFT mean (ms), throughput c4", False)
    found = [(row["run"], row["TTFT mean (ms)"], row["level"], row["changed"]) for row in chart.rows]
    assert found == [
        ("run-0", 100, 100, ""),
        ("run-1", 100, 100, "version"),
        ("run-2", 200, 200, "level"),
        ("run-3", 200, 200, ""),
    ]
    assert chart.rows[0]["started"] == "2001-02-03T04:05:06+00:00"


def test_a_doubtful_run_is_hollow() -> None:
    chart = trend_chart(series(suspect=True))
    assert chart.suspect
    assert {row["verdict"] for row in chart.rows} == {"suspect"}
    assert hollow(chart.spec) == "datum.verdict == 'suspect'"


def hollow(spec: dict[str, Any]) -> str:
    """The condition under which a mark is hollow."""
    return str(spec["layer"][-1]["encoding"]["fill"]["condition"]["test"])


@pytest.mark.parametrize(("layer", "changed"), [(0, "version"), (1, "level")])
def test_a_rule_stands_where_something_changed(layer: int, changed: str) -> None:
    rule = trend_chart(series()).spec["layer"][layer]
    assert rule["transform"] == [{"filter": f"datum.changed == '{changed}'"}]
    assert rule["mark"]["type"] == "rule"

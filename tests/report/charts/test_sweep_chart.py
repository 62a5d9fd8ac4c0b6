"""The chart of a sweep."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from tasks.report.charts.sweep_chart import sweep_chart
from tests.record import made_up
from tests.report.made_up import INVALID, SUSPECT, sweep, sweep_of


@pytest.mark.parametrize("name", ["throughput", "one-load", "twice", "again"])
def test_a_chart_is_svg_in_the_colours_of_the_page(name: str) -> None:
    chart = sweep_chart(sweep(name))
    assert chart is not None
    ElementTree.fromstring(chart)
    assert "var(--main)" in chart
    assert "#03" not in chart


def test_a_sweep_without_a_success_has_no_chart() -> None:
    assert sweep_chart(sweep("broken")) is None


def test_a_percentile_that_no_point_has_is_not_in_the_legend() -> None:
    small = sweep_of(*(made_up.recorded(made_up.point(concurrency=n, requests=5)) for n in (1, 2)))
    large = sweep_of(*(made_up.recorded(made_up.point(concurrency=n, requests=50)) for n in (1, 2)))
    assert "P95" not in (sweep_chart(small) or "")
    assert "P95" in (sweep_chart(large) or "")


def test_the_load_axis_has_the_name_of_the_load_kind() -> None:
    slow, fast = (made_up.open_point(made_up.point("open"), rate) for rate in (2.5, 5.0))
    chart = sweep_chart(sweep_of(made_up.recorded(slow), made_up.recorded(fast)))
    assert ">rate, req/s (log scale)<" in (chart or "")
    assert ">concurrency (log scale)<" in (sweep_chart(sweep("throughput")) or "")


def test_suspect_loads_have_hollow_markers_and_a_legend() -> None:
    levels = (1, 2, 4)
    valid = sweep_of(*(made_up.recorded(made_up.point(concurrency=level)) for level in levels))
    chart = sweep_chart(valid) or ""
    assert "var(--card)" not in chart
    assert "suspect" not in chart
    one = [made_up.recorded(made_up.point(concurrency=level)) for level in levels[:2]]
    one.append(made_up.recorded(made_up.point(concurrency=4), verdict=SUSPECT))
    chart = sweep_chart(sweep_of(*one)) or ""
    assert chart.count(">suspect<") == 4  # in the legend of each panel
    hollow = chart.count("fill: var(--card)")
    # one marker and one entry of the legend for throughput, and three markers and one entry for each time
    assert hollow == 2 + 3 * (3 + 1)


def test_bars_of_a_suspect_load_are_hollow() -> None:
    valid = sweep_of(made_up.recorded(made_up.point()))
    assert "var(--card)" not in (sweep_chart(valid) or "")
    chart = sweep_chart(sweep_of(made_up.recorded(made_up.point(), verdict=SUSPECT))) or ""
    assert "fill: var(--card)" in chart
    assert chart.count("(suspect)<") == 3


def test_an_invalid_point_is_not_drawn() -> None:
    valid = [made_up.recorded(made_up.point(concurrency=level)) for level in (1, 2)]
    invalid = made_up.recorded(made_up.point(concurrency=64), verdict=INVALID)
    assert sweep_chart(sweep_of(*valid, invalid)) == sweep_chart(sweep_of(*valid))

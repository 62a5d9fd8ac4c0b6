"""The chart of a sweep."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from tasks.report.charts.sweep_chart import sweep_chart
from tests.record import made_up
from tests.report.made_up import sweep, sweep_of


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
    assert ">rate<" in (chart or "")

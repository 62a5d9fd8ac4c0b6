"""The data of a chart, column by column."""

from __future__ import annotations

from math import inf, nan

from tasks.report.charts.chart import Chart, Row, columns_of


def test_the_rows_become_columns_with_six_digits() -> None:
    rows: list[Row] = [{"x": 1, "y": 0.123456789, "name": "a\x1b"}, {"x": 2, "y": None, "name": "b"}]
    assert columns_of(Chart("", {}, rows)) == {"x": [1, 2], "y": [0.123457, None], "name": ["a\\x1b", "b"]}


def test_a_value_that_is_no_number_is_empty() -> None:
    assert columns_of(Chart("", {}, [{"x": nan}, {"x": inf}])) == {"x": [None, None]}
    assert columns_of(Chart("", {}, [])) == {}

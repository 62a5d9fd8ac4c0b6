"""A chart of the page: a Vega-Lite specification, and the rows that it draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any, Literal, NamedTuple

from tasks.text import printable

Spec = dict[str, Any]
Row = Mapping[str, Any]
Width = Literal["third", "half", "full"]
"""The share of the page's width. On a phone every chart is as wide as the page."""
DATA = "rows"
"""The name of the data set in every specification."""
DIGITS = 6
"""Significant digits of a number on the page."""


class Chart(NamedTuple):
    """A chart.

    `title`: what is shown, with its unit; it stands above the chart.
    `spec`: Vega-Lite without data, width and colours, which the page adds. Its titles are in English; the
    page replaces them by those of `chinese.json`.
    `rows`: the data, with the same columns in each row; the page offers them as CSV.
    `suspect`: some of the figures are doubtful; the title then has a badge.
    `note`: a sentence below the chart, such as what was thinned out.
    """

    title: str
    spec: Spec
    rows: Sequence[Row]
    width: Width = "half"
    suspect: bool = False
    note: str = ""


def columns_of(chart: Chart) -> dict[str, list[Any]]:
    """Return the rows column by column, which is shorter as JSON; texts without control characters."""
    names = list(chart.rows[0]) if chart.rows else []
    return {name: [_short(row[name]) for row in chart.rows] for name in names}


def _short(value: Any) -> Any:
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}") if isfinite(value) else None
    return printable(value) if isinstance(value, str) else value

"""What the page's script reads: the charts with their data, and the words in Chinese. All of it is JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import NamedTuple

from tasks.report.charts.chart import Chart, columns_of
from tasks.report.charts.vega_style import CONFIG
from tasks.report.page.chinese import CHINESE
from tasks.report.page.sections import Section

_NOT_IN_AN_ID = re.compile(r"[^0-9a-z]+")


class PlacedChart(NamedTuple):
    """A chart with its id on the page, which is the name of its CSV file too."""

    name: str
    chart: Chart


class PlacedSection(NamedTuple):
    """A section with its id on the page."""

    name: str
    section: Section
    charts: tuple[PlacedChart, ...]


def place(sections: Sequence[Section]) -> list[PlacedSection]:
    """Give every section and every chart an id of its own."""
    taken: set[str] = set()
    placed = []
    for section in sections:
        begin = _as_id(section.title, 32)
        charts = [
            PlacedChart(_free_id(f"{begin}-{_as_id(chart.title, 48)}", taken), chart)
            for chart in section.charts
        ]
        placed.append(PlacedSection(_free_id(begin, taken), section, tuple(charts)))
    return placed


def page_json(sections: Sequence[PlacedSection]) -> str:
    """Return the charts as JSON that cannot end the script element that it stands in."""
    charts = {
        placed.name: {"spec": placed.chart.spec, "columns": columns_of(placed.chart)}
        for section in sections
        for placed in section.charts
    }
    data = {"config": CONFIG, "charts": charts, "chinese": CHINESE}
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _as_id(title: str, most: int) -> str:
    """Return a text as part of an id of at most so many characters."""
    return _NOT_IN_AN_ID.sub("-", title.lower())[:most].strip("-") or "part"


def _free_id(base: str, taken: set[str]) -> str:
    """Return the id, with a number behind it if it is taken."""
    name, number = base, 1
    while name in taken:
        number += 1
        name = f"{base}-{number}"
    taken.add(name)
    return name

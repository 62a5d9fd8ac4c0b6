"""Shows how the figures of one spec changed from run to run, as one self-contained HTML page."""

from __future__ import annotations

from tasks.errors import InputError
from tasks.record.store import Store
from tasks.report.charts.trend_charts import NOTE, trend_chart
from tasks.report.page.html import environment, page_parts
from tasks.report.page.page_data import place
from tasks.report.page.sections import Section
from tasks.report.trend.figure_series import FigureSeries, figure_series

TREND_FIGURES = ("output_token_throughput", "ttft_mean_s", "ttft_p99_s", "tpot_mean_s", "latency_p99_s")
"""The figures that the page shows, by their names in the figure registry."""


def render_trend(store: Store, spec: str, vega: str = "") -> str:
    """Return the page as HTML, with every text of the runs escaped.

    Args:
        store: the tables.
        spec: the spec, by its name.
        vega: the address of the script that draws the charts; empty: the page itself holds it.

    Raises:
        InputError: no completed run of the spec has measured a figure.
        RecordError: a table cannot be read.
    """
    series = [one for figure in TREND_FIGURES for one in figure_series(store, figure, spec)]
    if not series:
        raise InputError(f"no completed run of {spec!r} has a figure of its own", "measure the spec first")
    placed = place(_sections(series))
    template = environment().get_template("trend.html.j2")
    return template.render(spec=spec, sections=placed, **page_parts(placed, vega))


def _sections(series: list[FigureSeries]) -> list[Section]:
    """Return a section for each model on each hardware, with a chart for each load and figure."""
    by_subject: dict[str, list[FigureSeries]] = {}
    for one in series:
        by_subject.setdefault(f"{one.key.model} · {one.key.hardware}", []).append(one)
    return [
        Section(title, tuple(map(trend_chart, sorted(found, key=_order))), note=NOTE)
        for title, found in sorted(by_subject.items())
    ]


def _order(series: FigureSeries) -> tuple[str, str, int]:
    return series.key.sweep, series.key.load, TREND_FIGURES.index(series.figure)

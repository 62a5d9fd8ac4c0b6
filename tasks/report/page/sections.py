"""The sections of the report page that contain charts and tables."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import NamedTuple

from tasks.report.charts.chart import Chart
from tasks.report.charts.report_charts import RUN_CHARTS, SWEEP_CHARTS
from tasks.report.measured_sweep import MeasuredSweep, measured_sweeps
from tasks.report.report_input import ReportInput
from tasks.report.table import FOLDED, Table, fold_equal_columns
from tasks.report.tables.report_tables import tables_of_run, tables_of_sweep


class Section(NamedTuple):
    """A heading, charts, the tables below them, and a note at the end."""

    title: str
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()
    note: str = ""


def table_sections(report: ReportInput) -> list[Section]:
    """Return a section for each sweep, then one for each table of the run with the charts of that title."""
    sections = [_sweep_section(sweep) for sweep in measured_sweeps(report)]
    for table in tables_of_run(report):
        charts = all_charts(chart.draw(report) for chart in RUN_CHARTS if chart.title == table.title)
        tables = (fold_equal_columns(table, FOLDED),)
        sections.append(Section(title=table.title, charts=charts, tables=tables))
    return sections


def chart_sections(report: ReportInput) -> list[Section]:
    """Return a section for the charts of the run whose title no table has."""
    table_titles = {table.title for table in tables_of_run(report)}
    titles = dict.fromkeys(entry.title for entry in RUN_CHARTS if entry.title not in table_titles)
    sections = []
    for title in titles:
        entries = [entry for entry in RUN_CHARTS if entry.title == title]
        charts = all_charts(entry.draw(report) for entry in entries)
        if charts:
            note = " ".join(entry.note for entry in entries if entry.note)
            sections.append(Section(title=title, charts=charts, note=note))
    return sections


def _sweep_section(sweep: MeasuredSweep) -> Section:
    tables = tuple(fold_equal_columns(table, FOLDED) for table in tables_of_sweep(sweep))
    charts = all_charts(draw(sweep) for draw in SWEEP_CHARTS)
    return Section(title=tables[0].title, charts=charts, tables=tables)


def all_charts(drawn: Iterable[Iterable[Chart]]) -> tuple[Chart, ...]:
    """Return the charts of several sources. A half without a neighbour is widened to the whole page."""
    charts = tuple(chain.from_iterable(drawn))
    halves = [chart for chart in charts if chart.width == "half"]
    lonely = halves[-1] if len(halves) % 2 else None
    return tuple(chart._replace(width="full") if chart is lonely else chart for chart in charts)

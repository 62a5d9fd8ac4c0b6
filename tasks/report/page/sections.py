"""The sections of the report page that contain charts and tables."""

from __future__ import annotations

from tasks.config.base import Frozen
from tasks.report.charts.report_charts import RUN_CHARTS, SWEEP_CHARTS
from tasks.report.measured_sweep import MeasuredSweep, measured_sweeps
from tasks.report.report_input import ReportInput
from tasks.report.table import FOLDED, Table, fold_equal_columns
from tasks.report.tables.report_tables import tables_of_run, tables_of_sweep


class Section(Frozen):
    """A heading, charts as SVG, the tables below them, and a note at the end."""

    title: str
    charts: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    note: str = ""


def table_sections(report: ReportInput) -> list[Section]:
    """Return a section for each sweep, then one for each table of the run with the charts of that title."""
    sections = [_sweep_section(sweep) for sweep in measured_sweeps(report)]
    for table in tables_of_run(report):
        charts = [chart.draw(report) for chart in RUN_CHARTS if chart.title == table.title]
        drawn = tuple(chart for chart in charts if chart is not None)
        sections.append(Section(title=table.title, charts=drawn, tables=(fold_equal_columns(table, FOLDED),)))
    return sections


def chart_sections(report: ReportInput) -> list[Section]:
    """Return a section for each chart of the run whose title no table has."""
    table_titles = {table.title for table in tables_of_run(report)}
    sections = []
    for chart in RUN_CHARTS:
        svg = chart.draw(report) if chart.title not in table_titles else None
        if svg is not None:
            sections.append(Section(title=chart.title, charts=(svg,), note=chart.note))
    return sections


def _sweep_section(sweep: MeasuredSweep) -> Section:
    tables = tuple(fold_equal_columns(table, FOLDED) for table in tables_of_sweep(sweep))
    charts = (draw(sweep) for draw in SWEEP_CHARTS)
    drawn = tuple(chart for chart in charts if chart is not None)
    return Section(title=tables[0].title, charts=drawn, tables=tables)

"""Writes a report as Markdown, for Prefect's artifacts."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tasks.report.report_input import Column, ReportInput, Table
from tasks.report.tables.speed import all_tables
from tasks.report.tables.summary import headline, reuse

_SPECIAL = re.compile(r"([\\`*_\[\]<>|#~&])")


def markdown(report: ReportInput) -> str:
    """The whole report; every text in it is escaped."""
    parts = [f"# {_escaped(report.run.spec)}", "\n".join(_pair(*pair) for pair in headline(report))]
    if told := reuse(report):
        parts.append(_escaped(told))
    parts += [_table(table) for table in all_tables(report)]
    if report.warnings:
        parts.append("\n".join(f"- **Warning:** {_escaped(warning)}" for warning in report.warnings))
    parts.append(_pair("Results", report.results_path))
    return "\n\n".join(parts) + "\n"


def _table(table: Table) -> str:
    lines = [
        f"## {_escaped(table.title)}\n",
        _row(_header(column) for column in table.columns),
        _row("---:" if column.numeric else "---" for column in table.columns),
        *(_row(_escaped(cell) for cell in row) for row in table.rows),
    ]
    notes = "".join(f"\n- {_escaped(note)}" for note in table.footnotes)
    return "\n".join(lines) + (f"\n{notes}" if notes else "")


def _header(column: Column) -> str:
    return _escaped(f"{column.name} ({column.unit})" if column.unit else column.name)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _pair(name: str, value: str) -> str:
    return f"- **{name}:** {_escaped(value)}"


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))

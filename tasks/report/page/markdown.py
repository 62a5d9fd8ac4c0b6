"""Writes a report as Markdown, for Prefect's artifacts."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tasks.audit.doubt import doubt_note
from tasks.report.report_input import ReportInput
from tasks.report.run_summary import headline, reuse_note
from tasks.report.table import Column, Table
from tasks.report.tables.report_tables import all_tables
from tasks.text import printable

_SPECIAL = re.compile(r"([\\`*_\[\]<>|#~&!$])")


def markdown(report: ReportInput) -> str:
    """Return the whole report as Markdown, with every text escaped."""
    parts = [f"# {escaped(report.run.spec)}"]
    parts.append("\n".join(_pair(name, value) for name, value in headline(report)))
    doubt = doubt_note(report.verdicts)
    if doubt:
        parts.append(f"**{escaped(doubt)}**")
    note = reuse_note(report)
    if note:
        parts.append(escaped(note))
    parts += [_table(table) for table in all_tables(report)]
    if report.warnings:
        parts.append("\n".join(f"- **Warning:** {escaped(warning)}" for warning in report.warnings))
    parts.append(_pair("Results", report.results_path))
    return "\n\n".join(parts) + "\n"


def _table(table: Table) -> str:
    lines = [f"## {escaped(table.title)}", ""]
    lines.append(_row(_header(column) for column in table.columns))
    lines.append(_row("---:" if column.numeric else "---" for column in table.columns))
    lines += [_row(map(escaped, row)) for row in table.rows]
    notes = (*table.footnotes, *table.reasons)
    if notes:
        lines.append("")
        lines += [f"- {escaped(note)}" for note in notes]
    return "\n".join(lines)


def _header(column: Column) -> str:
    return escaped(f"{column.name} ({column.unit})" if column.unit else column.name)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _pair(name: str, value: str) -> str:
    return f"- **{name}:** {escaped(value)}"


def escaped(text: str) -> str:
    """Return the text on one line, with a backslash before every Markdown character."""
    return _SPECIAL.sub(r"\\\1", printable(" ".join(text.split())))

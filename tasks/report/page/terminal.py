"""Prints a report in the terminal."""

from __future__ import annotations

from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from tasks.audit.doubt import doubt_note
from tasks.report.report_input import SAMPLES_PAGE, ReportInput
from tasks.report.run_summary import headline, reuse_note
from tasks.report.table import FOLDED, Column, Table, fold_equal_columns
from tasks.report.tables.report_tables import all_tables
from tasks.text import printable

NARROW = 115
"""Terminal width in characters. Below it, tables use SHORT_TEXTS, less padding and fewer columns."""
SHORT_TEXTS = {
    "Latency": "Lat.",
    "Requests": "Num",
    "Success": "Succ.",
    "Verdict": "Valid",
    "valid": "yes",
    "suspect": "?",
    "invalid": "no",
}
COLOURS = {
    "valid": "green",
    "suspect": "yellow",
    "invalid": "red",
    "completed": "green",
    "failed": "red",
    "stopped": "yellow",
    "killed": "red",
}
"""Colours of verdicts and outcomes."""
FOLDED_IF_NARROW = ("Success",)
"""Columns that become a footnote, as those of FOLDED do, if the terminal is narrow."""


def print_report(report: ReportInput, console: Console, page: str | None = None) -> None:
    """Print every table of the report, its warnings, and where its files are.

    Args:
        report: the run.
        console: where to print.
        page: path of the report page, if there is one. That of the answers lies beside it.
    """
    console.print()
    for name, value in headline(report):
        _print_pair(console, name, value)
    doubt = doubt_note(report.verdicts)
    if doubt:
        console.print(_text(doubt, "yellow"), soft_wrap=True)
    note = reuse_note(report)
    if note:
        console.print(_text(note, "cyan"), soft_wrap=True)
    print_tables(all_tables(report), console)
    console.print()
    for warning in report.warnings:
        console.print(_text(f"warning: {warning}", "yellow"), soft_wrap=True)
    _print_pair(console, "Results", report.results_path)
    if page is not None:
        if report.samples:
            _print_pair(console, "Answers", str(Path(page).with_name(SAMPLES_PAGE)))
        _print_pair(console, "Report", page)


def print_tables(tables: tuple[Table, ...], console: Console) -> None:
    """Print tables, each with its footnotes."""
    for table in tables:
        _print_table(table, console)


def _print_pair(console: Console, name: str, value: str) -> None:
    console.print(
        Text.assemble((f"{name:<10}", "bold"), (printable(value), COLOURS.get(value, ""))), soft_wrap=True
    )


def _print_table(table: Table, console: Console) -> None:
    narrow = console.width < NARROW
    shown = fold_equal_columns(table, {*FOLDED, *FOLDED_IF_NARROW} if narrow else set(FOLDED))
    console.print()
    console.print(_text(table.title, "bold"))
    console.print(_rich_table(shown, narrow))
    notes = (*shown.footnotes, *shown.reasons)
    if notes:
        console.print()
    for note in notes:
        console.print(_text(f"  {note}", "dim"), soft_wrap=True)


def _rich_table(table: Table, narrow: bool) -> RichTable:
    padding = (0, 0, 0, 1 if narrow else 2)
    rich_table = RichTable(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=padding)
    for column in table.columns:
        rich_table.add_column(
            _header(column, narrow),
            justify="right" if column.numeric else "left",
            no_wrap=column.numeric,
            vertical="bottom",
            overflow="fold",  # two long words may differ at their ends alone
        )
    for row in table.rows:
        rich_table.add_row(*(_cell(text, narrow) for text in row))
    return rich_table


def _header(column: Column, narrow: bool) -> str:
    """Return name, statistic and unit on separate lines, so that a column is only as wide as its figures."""
    parts = [*column.name.split(" "), column.unit] if column.unit else [column.name]
    return "\n".join(_shortened(part, narrow) for part in parts)


def _cell(text: str, narrow: bool) -> Text:
    return _text(_shortened(text, narrow), COLOURS.get(text, ""))


def _text(text: str, style: str) -> Text:
    """Return a text in a style, with markup uninterpreted and control characters written out."""
    return Text(printable(text), style=style)


def _shortened(text: str, narrow: bool) -> str:
    return SHORT_TEXTS.get(text, text) if narrow else text

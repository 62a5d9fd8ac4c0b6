"""Shows a report in the terminal."""

from __future__ import annotations

from rich import box
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text

from tasks.report.report_input import Column, ReportInput, Table
from tasks.report.tables.speed import all_tables
from tasks.report.tables.summary import headline, reuse

_COLOURS = {
    "valid": "green",
    "suspect": "yellow",
    "invalid": "red",
    "completed": "green",
    "failed": "red",
    "stopped": "yellow",
    "killed": "red",
}
_SHORT = {
    "Latency": "Lat.",
    "Requests": "Num",
    "Success": "Succ.",
    "Verdict": "Valid",
    "valid": "yes",
    "suspect": "?",
    "invalid": "no",
}


def print_report(report: ReportInput, console: Console, page: str | None = None) -> None:
    """Print every table of the report, then where everything lies."""
    console.print()
    for name, value in headline(report):
        console.print(
            Text.assemble((f"{name:<10}", "bold"), (value, _COLOURS.get(value, ""))), soft_wrap=True
        )
    if told := reuse(report):
        console.print(Text(told, style="cyan"), soft_wrap=True)
    for table in all_tables(report):
        _print_table(table, console)
    console.print()
    for warning in report.warnings:
        console.print(Text(f"warning: {warning}", style="yellow"), soft_wrap=True)
    _line(console, "Results", report.results_path)
    if page is not None:
        _line(console, "Report", page)


def print_tables(tables: tuple[Table, ...], console: Console) -> None:
    """Print tables, each with its footnotes."""
    for table in tables:
        _print_table(table, console)


def _print_table(table: Table, console: Console) -> None:
    console.print()
    console.print(Text(table.title, style="bold"))
    narrow = console.width < 115
    shown, same = _without_sameness(
        table, {"Source", "Model"} | ({"Success", "Verdict"} if narrow else set())
    )
    drawn = RichTable(
        box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 0, 0, 1 if narrow else 2)
    )
    for column in shown.columns:
        drawn.add_column(
            _header(column, narrow),
            justify="right" if column.numeric else "left",
            no_wrap=column.numeric,
            vertical="bottom",
        )
    for row in shown.rows:
        drawn.add_row(*(_cell(cell, narrow) for cell in row))
    console.print(drawn)
    if same or table.footnotes:
        console.print()
    for note in (*same, *table.footnotes):
        console.print(Text(f"  {note}", style="dim"), soft_wrap=True)


def _without_sameness(table: Table, names: set[str]) -> tuple[Table, tuple[str, ...]]:
    """The table without those of the named columns that say the same in every row, and a note for each."""
    same = {
        place: table.rows[0][place]
        for place, column in enumerate(table.columns)
        if column.name in names and len({row[place] for row in table.rows}) == 1
    }
    keep = [place for place in range(len(table.columns)) if place not in same]
    slim = table.model_copy(
        update={
            "columns": tuple(table.columns[place] for place in keep),
            "rows": tuple(tuple(row[place] for place in keep) for row in table.rows),
        }
    )
    return slim, tuple(_note(table.columns[place], value) for place, value in same.items())


def _note(column: Column, value: str) -> str:
    return f"{column.name}: {value} {column.unit}".rstrip()


def _header(column: Column, narrow: bool) -> str:
    """Name, statistic and unit, each on a line of its own: columns as narrow as their figures."""
    parts = [*column.name.split(" "), column.unit] if column.unit else [column.name]
    return "\n".join(_short(part, narrow) for part in parts)


def _cell(text: str, narrow: bool) -> Text:
    return Text(_short(text, narrow), style=_COLOURS.get(text, ""))


def _short(text: str, narrow: bool) -> str:
    return _SHORT.get(text, text) if narrow else text


def _line(console: Console, name: str, value: str) -> None:
    console.print(Text.assemble((f"{name:<10}", "bold"), value), soft_wrap=True)

"""The table model of reports. All cells are texts, for output to terminal, Markdown and HTML."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from tasks.config.base import Frozen
from tasks.measure.speed.figures.figure_type import Figure


class Column(Frozen):
    """One column.

    `unit`: the unit of its numbers. `numeric`: whether its cells are aligned right. `words`: whether its
    cells have words, which the page shows in both languages.
    """

    name: str
    unit: str = ""
    numeric: bool = False
    words: bool = False


class Table(Frozen):
    """A table of texts; every row has a cell for each column.

    `footnotes`: what the cells mean. `reasons`: why rows are suspect or invalid, and notes on them. The page
    leaves these out because its section "Can the figures be believed?" says them.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    footnotes: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()


FOLDED = ("Source", "Model")
"""Columns that become a footnote if all their cells are equal."""
VERDICT = Column(name="Verdict")
"""The column for the verdict of a row's figures. The page shows its cells as badges."""


def text_columns(*names: str) -> tuple[Column, ...]:
    """Return columns of texts."""
    return tuple(Column(name=name) for name in names)


def numeric_columns(*names: str) -> tuple[Column, ...]:
    """Return columns of numbers without a unit."""
    return tuple(Column(name=name, numeric=True) for name in names)


def figure_column(figure: Figure) -> Column:
    """Return the column that shows a figure of load points."""
    return Column(name=figure.header, unit=figure.notation.unit, numeric=True)


def without_columns(table: Table, names: Collection[str]) -> Table:
    """Return the table without the columns of these names."""
    kept = [index for index, column in enumerate(table.columns) if column.name not in names]
    columns = tuple(table.columns[index] for index in kept)
    rows = tuple(tuple(row[index] for index in kept) for row in table.rows)
    return table.model_copy(update={"columns": columns, "rows": rows})


def fold_equal_columns(table: Table, names: Collection[str]) -> Table:
    """Replace each named column of equal cells by a footnote, placed before the table's own footnotes."""
    folded, notes = set[str](), []
    for index, column in enumerate(table.columns):
        values = {row[index] for row in table.rows}
        if column.name in names and len(values) == 1:
            folded.add(column.name)
            notes.append(f"{column.name}: {values.pop()} {column.unit}".rstrip())
    kept = without_columns(table, folded)
    return kept.model_copy(update={"footnotes": (*notes, *table.footnotes)})


def with_verdicts(table: Table, verdicts: Sequence[str]) -> Table:
    """Return the table with the verdicts of its rows as second column; unchanged if all are valid."""
    if all(verdict == "valid" for verdict in verdicts):
        return table
    pairs = zip(table.rows, verdicts, strict=True)
    rows = tuple((row[0], verdict, *row[1:]) for row, verdict in pairs)
    columns = (table.columns[0], VERDICT, *table.columns[1:])
    return table.model_copy(update={"columns": columns, "rows": rows})


def as_records(table: Table) -> list[dict[str, str]]:
    """Return one dict per row for Prefect's table artifacts, with units in the column names."""
    names = [f"{column.name} ({column.unit})" if column.unit else column.name for column in table.columns]
    return [dict(zip(names, row, strict=True)) for row in table.rows]

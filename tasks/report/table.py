"""The table that every part of the report is made of: texts, ready for terminal, Markdown and HTML."""

from __future__ import annotations

from tasks.config.base import Frozen
from tasks.measure.speed.figure_type import Figure


class Column(Frozen):
    """A column's title. `unit`: that of its numbers. `numeric`: its cells are aligned to the right."""

    name: str
    unit: str = ""
    numeric: bool = False


class Table(Frozen):
    """A table of texts; every row has a cell for each column."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    footnotes: tuple[str, ...] = ()


def text_columns(*names: str) -> tuple[Column, ...]:
    """Columns of texts."""
    return tuple(Column(name=name) for name in names)


def numeric_columns(*names: str) -> tuple[Column, ...]:
    """Columns of numbers without a unit."""
    return tuple(Column(name=name, numeric=True) for name in names)


def figure_column(figure: Figure) -> Column:
    """The column that shows a figure of load points."""
    return Column(name=figure.header, unit=figure.notation.unit, numeric=True)


def as_records(table: Table) -> list[dict[str, str]]:
    """The rows as Prefect's table artifacts need them: one dict a row, with units in the column names."""
    names = [f"{column.name} ({column.unit})" if column.unit else column.name for column in table.columns]
    return [dict(zip(names, row, strict=True)) for row in table.rows]

"""Conditions on a table's rows, as a person writes them: `concurrency>=10`, `verdict=valid`."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import polars as pl

from tasks.errors import InputError
from tasks.text import did_you_mean

NULL = "null"
"""Stands for an empty cell, with = and != only."""
_CONDITION = re.compile(
    r"\s*(?P<column>\w+)\s*(?P<operator><=|>=|!=|==|=|<|>)\s*(?P<value>.*?)\s*", re.DOTALL
)
_ORDERED = {"<": "lt", "<=": "le", ">": "gt", ">=": "ge"}
"""Operators that never hold for an empty cell, with the polars method of each."""


def conditions_of(conditions: tuple[str, ...], schema: pl.Schema) -> list[pl.Expr]:
    """Return an expression for each condition; a row is wanted if all of them hold.

    Args:
        conditions: COLUMN, one of = != < <= > >=, and a value: a number, a text, true or false, a time as
            ISO 8601 (in UTC without an offset), or null for an empty cell.
        schema: the table's columns.

    Raises:
        InputError: a condition cannot be read, or its column or value does not fit the table.
    """
    return [_expression(condition, schema) for condition in conditions]


def check_columns(names: tuple[str, ...], known: tuple[str, ...]) -> None:
    """Raise InputError if a name is no column; the remedy names the nearest one, or all."""
    for name in names:
        if name not in known:
            nearest = did_you_mean(name, known).strip()
            raise InputError(f"no column is called {name!r}", nearest or f"there are: {', '.join(known)}")


def _expression(condition: str, schema: pl.Schema) -> pl.Expr:
    match = _CONDITION.fullmatch(condition)
    if match is None:
        raise InputError(
            f"--where {condition!r} is not a condition", 'write it as "concurrency>=10" or verdict=valid'
        )
    name, operator = match["column"], match["operator"]
    check_columns((name,), tuple(schema))
    column, value = pl.col(name), _value(match["value"], schema[name], condition)
    if operator in _ORDERED:
        if value is None or isinstance(value, bool):
            raise InputError(f"--where {condition!r}: {match['value']} has no order", "use = or !=")
        expression: pl.Expr = getattr(column, _ORDERED[operator])(value)
        return expression
    if value is None:
        return column.is_not_null() if operator == "!=" else column.is_null()
    return column.ne_missing(value) if operator == "!=" else column.eq(value)


def _value(text: str, kind: pl.DataType, condition: str) -> object:
    """Return the text as a value of a column's type. Raise InputError if it is none."""
    if text == NULL:
        return None
    if kind == pl.String:
        return text
    if isinstance(kind, pl.List):
        raise InputError(f"--where {condition!r}: the column holds lists", f"compare it with {NULL} only")
    if kind == pl.Boolean:
        return _parsed(text.lower(), {"true": True, "false": False}.__getitem__, "true or false", condition)
    if isinstance(kind, pl.Datetime):
        return _parsed(text, _utc, "a time such as 2026-11-24 or 2026-11-24T12:30", condition)
    return _parsed(text, float, "a number", condition)


def _parsed(text: str, parse: Callable[[str], object], expected: str, condition: str) -> object:
    try:
        return parse(text)
    except (ValueError, KeyError):
        raise InputError(
            f"--where {condition!r}: {text!r} does not fit the column", f"give {expected}"
        ) from None


def _utc(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)

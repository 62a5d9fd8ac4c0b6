"""Says why a table that a person asked for is empty."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from tasks.record.export import Choice
from tasks.record.schemas import TableName
from tasks.record.store import Store


def say_if_empty(store: Store, say: Callable[[str], None]) -> None:
    """Say that no run is recorded, if so: any folder can be given as one of results.

    Raises:
        RecordError: the table of runs cannot be read.
    """
    nothing = nothing_recorded(store)
    if nothing:
        say(nothing)


def nothing_recorded(store: Store) -> str | None:
    """Return the line that says that no run is recorded; None if one is. Raises RecordError as `read`."""
    return None if _has_rows(store, "runs", None) else f"no run is recorded in {store.location}"


def why_no_rows(store: Store, table: TableName, choice: Choice) -> str:
    """Return one line: nothing is recorded there, or no rows of this table, or none that fit the choice.

    Raises:
        RecordError: a table cannot be read.
    """
    nothing = nothing_recorded(store)
    if nothing:
        return nothing
    if not _has_rows(store, table, choice.run):
        nobody = f"no run in {store.location} recorded {table}"
        return nobody if choice.run is None else f"run {choice.run} recorded no {table}"
    return f"the table {table} in {store.location} has no such row"


def _has_rows(store: Store, table: TableName, run_id: str | None) -> bool:
    count = store.read(table, run_id, lambda rows: rows.select(pl.len()))
    return bool(count["len"].sum())

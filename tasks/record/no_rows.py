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
    if not _has_rows(store, "runs", None):
        say(_nothing(store))


def why_no_rows(store: Store, table: TableName, choice: Choice) -> str:
    """Return one line: nothing is recorded there, or no rows of this table, or none that fit the choice.

    Raises:
        RecordError: a table cannot be read.
    """
    if not _has_rows(store, "runs", None):
        return _nothing(store)
    if not _has_rows(store, table, choice.run):
        nobody = f"no run in {store.location} recorded {table}"
        return nobody if choice.run is None else f"run {choice.run} recorded no {table}"
    return f"the table {table} in {store.location} has no such row"


def _nothing(store: Store) -> str:
    return f"no run is recorded in {store.location}"


def _has_rows(store: Store, table: TableName, run_id: str | None) -> bool:
    count = store.read(table, run_id, lambda rows: rows.select(pl.len()))
    return bool(count["len"].sum())

"""A table as text: JSON records, CSV, or columns for a terminal."""

from __future__ import annotations

import json
from difflib import get_close_matches
from typing import Literal

import polars as pl
import polars.selectors as cs

from tasks.errors import InputError
from tasks.record.schemas import TABLES
from tasks.record.store import Store

Form = Literal["table", "json", "csv"]


def export_table(store: Store, table: str, form: Form) -> str:
    """All rows of a table, the oldest run first.

    JSON and CSV write times as ISO 8601 in UTC; CSV writes a list as JSON.

    Raises:
        InputError: no such table.
        RecordError: a file of it cannot be read.
    """
    found = next((name for name in TABLES if name == table), None)
    if found is None:
        near = get_close_matches(table, TABLES, 1)
        hint = f"did you mean {near[0]}? " if near else ""
        raise InputError(f"no table is called {table!r}", f"{hint}there are: {', '.join(TABLES)}")
    frame = store.read(found)
    match form:
        case "json":
            return _iso(frame).write_json()
        case "csv":
            lists = cs.list()
            return _iso(frame).with_columns(lists.map_elements(_as_json, return_dtype=pl.String)).write_csv()
        case "table":
            return _columns(frame)


def _iso(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(cs.datetime().dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ"))


def _as_json(values: pl.Series) -> str:
    return json.dumps(values.to_list())


def _columns(frame: pl.DataFrame) -> str:
    with pl.Config(
        tbl_rows=-1,
        tbl_cols=-1,
        tbl_width_chars=10_000,
        fmt_str_lengths=60,
        tbl_hide_dataframe_shape=True,
        tbl_hide_column_data_types=True,
        tbl_formatting="ASCII_MARKDOWN",
    ):
        return str(frame)

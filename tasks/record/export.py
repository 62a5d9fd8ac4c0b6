"""Formats a table as text: JSON, CSV, or columns for a terminal."""

from __future__ import annotations

import json
from typing import Literal

import polars as pl
import polars.selectors as cs

from tasks.errors import InputError
from tasks.record.schemas import TABLES
from tasks.record.store import Store
from tasks.text import did_you_mean

TextFormat = Literal["table", "json", "csv"]


def export_table(store: Store, table: str, text_format: TextFormat) -> str:
    """Return all rows of a table as text.

    Args:
        store: the tables.
        table: the name of a table, as a user gives it.
        text_format: JSON and CSV hold times as ISO 8601 in UTC. CSV holds a list as JSON.

    Raises:
        InputError: there is no such table.
        RecordError: one of its files cannot be read.
    """
    if table not in TABLES:
        raise InputError(
            f"no table is called {table!r}", f"{did_you_mean(table, TABLES)}there are: {', '.join(TABLES)}"
        )
    frame = store.read(table)
    match text_format:
        case "json":
            return _with_iso_times(frame).write_json()
        case "csv":
            return _with_json_lists(_with_iso_times(frame)).write_csv()
        case "table":
            return _terminal_columns(frame)


def _with_iso_times(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(cs.datetime().dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ"))


def _with_json_lists(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(cs.list().map_elements(_as_json, return_dtype=pl.String))


def _as_json(values: pl.Series) -> str:
    return json.dumps(values.to_list())


def _terminal_columns(frame: pl.DataFrame) -> str:
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

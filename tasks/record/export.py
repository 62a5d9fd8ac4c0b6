"""Formats a table as text: JSON, CSV, or columns for a terminal."""

from __future__ import annotations

import json
from typing import Literal

import polars as pl
import polars.selectors as cs

from tasks.config.base import Frozen
from tasks.errors import InputError
from tasks.record.percentiles import PercentileChoice, percentile_table
from tasks.record.schemas import SCHEMAS, TABLES, TableName
from tasks.record.short_columns import SHORT_COLUMNS
from tasks.record.store import Store
from tasks.record.where import check_columns, conditions_of
from tasks.text import did_you_mean

TextFormat = Literal["table", "json", "csv"]
ALL = "all"
"""Stands for every column in a choice of columns."""


class Choice(Frozen):
    """Which rows and columns of a table are shown.

    `run`: the id of a run; None for all runs. `where`: conditions as `conditions_of` takes them, all of
    which hold. `columns`: names in the order shown, or ALL alone; empty for the default of the format.
    `percentiles`: columns whose percentiles are wanted instead of rows. `by`: what those are grouped by.
    """

    run: str | None = None
    where: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    percentiles: tuple[str, ...] = ()
    by: tuple[str, ...] = ()


EVERY_ROW = Choice()


class Exported(Frozen):
    """A table as text, with the number of its rows and how many of the table's columns it shows."""

    text: str
    rows: int
    columns: int
    all_columns: int


def table_name(name: str) -> TableName:
    """Return the name of a table as a user gives it. Raise InputError if there is none."""
    for table in TABLES:
        if table == name:
            return table
    raise InputError(
        f"no table is called {name!r}", f"{did_you_mean(name, TABLES)}there are: {', '.join(TABLES)}"
    )


def export_table(
    store: Store, table: TableName, text_format: TextFormat, choice: Choice = EVERY_ROW
) -> Exported:
    """Return rows of a table as text.

    Args:
        store: the tables.
        table: the table.
        text_format: JSON and CSV hold times as ISO 8601 in UTC, and every column unless some are chosen.
            CSV holds a list as JSON. The terminal gets SHORT_COLUMNS.
        choice: the rows and columns.

    Raises:
        InputError: the choice does not fit the table.
        RecordError: one of its files cannot be read.
    """
    if choice.percentiles or choice.by:
        return _export_percentiles(store, table, text_format, choice)
    names = _chosen_columns(table, text_format, choice)
    wanted = conditions_of(choice.where, pl.Schema(SCHEMAS[table]))
    frame = store.read(table, choice.run, lambda rows: rows.filter(*wanted).select(names))
    known = len(SCHEMAS[table].names)
    return Exported(text=_as_text(frame, text_format), rows=len(frame), columns=len(names), all_columns=known)


def _export_percentiles(store: Store, table: TableName, text_format: TextFormat, choice: Choice) -> Exported:
    if choice.columns or not choice.percentiles:
        what = "--by goes with --percentiles, and --columns without it"
        raise InputError(what, "name the columns to compute percentiles of: --percentiles ttft_s,latency_s")
    wanted = PercentileChoice(values=choice.percentiles, by=choice.by, run=choice.run, where=choice.where)
    frame = percentile_table(store, table, wanted)
    return Exported(
        text=_as_text(frame, text_format), rows=len(frame), columns=frame.width, all_columns=frame.width
    )


def _chosen_columns(table: TableName, text_format: TextFormat, choice: Choice) -> list[str]:
    known, chosen = tuple(SCHEMAS[table].names), choice.columns
    if chosen == (ALL,) or (not chosen and text_format != "table"):
        return list(known)
    if not chosen:
        same_in_every_row = {"run_id"} if choice.run is not None and table != "runs" else set()
        return [name for name in SHORT_COLUMNS[table] if name not in same_in_every_row]
    check_columns(chosen, known)
    return list(dict.fromkeys(chosen))


def _as_text(frame: pl.DataFrame, text_format: TextFormat) -> str:
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

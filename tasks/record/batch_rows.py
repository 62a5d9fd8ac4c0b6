"""Reads the rows of some runs with the names of the files that they are in, for a compacted file."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import PurePath
from typing import IO, cast

import polars as pl
import pyarrow as pa

from tasks.errors import RecordError
from tasks.record.compacted import FILE_COLUMN, Batch
from tasks.record.parquet_file import read_notes
from tasks.record.schemas import SCHEMAS, TableName
from tasks.record.snapshot import scan_batch_with_files
from tasks.record.store import Store
from tasks.record.store_files import ENDING

MEASURED_BY_NOTE = "measured_by"
"""The name under which version 0.1.0 noted which run had measured a question set."""


def batch_rows(
    store: Store,
    table: TableName,
    runs: Sequence[str],
    loose: Sequence[PurePath],
    batches: Sequence[Batch],
    replaced: Collection[str],
) -> pl.DataFrame:
    """Return rows of a table, sorted by run and file, with `FILE_COLUMN`.

    Args:
        store: the tables.
        table: the table.
        runs: the runs that are wanted of the batches.
        loose: files of a single stage; all their rows are wanted.
        batches: what is compacted already.
        replaced: files whose rows in the batches do not count.

    Raises:
        RecordError: a file cannot be read; the message names it.
    """
    parts = []
    try:
        for batch in batches:
            rows = scan_batch_with_files(store.files, table, batch).filter(pl.col("run_id").is_in(runs))
            parts.append(rows.filter(~pl.col(FILE_COLUMN).is_in(replaced)).collect())
        parts += _loose_rows(store, table, loose)
    except (pl.exceptions.PolarsError, OSError) as error:
        raise store.unreadable(table, loose, error) from error
    if not parts:
        return pl.DataFrame()
    return pl.concat(parts).sort("run_id", FILE_COLUMN, maintain_order=True)


def _loose_rows(store: Store, table: TableName, loose: Sequence[PurePath]) -> list[pl.DataFrame]:
    if not loose:
        return []
    schema, sources = pl.Schema(SCHEMAS[table]), store.files.sources(loose)
    if store.files.linked:
        rows = pl.scan_parquet(
            sources, glob=False, schema=schema, missing_columns="insert", include_file_paths=FILE_COLUMN
        ).with_columns(pl.col(FILE_COLUMN).str.split("/").list.last().str.strip_suffix(ENDING))
        parts = [rows.collect()]
    else:
        parts = []
        for path, source in zip(loose, sources, strict=True):
            rows = pl.scan_parquet(cast(IO[bytes], source), schema=schema, missing_columns="insert")
            parts.append(rows.with_columns(pl.lit(path.stem).alias(FILE_COLUMN)).collect())
    return [_with_origins(store, loose, part) for part in parts] if table == "scores" else parts


def _with_origins(store: Store, loose: Sequence[PurePath], scores: pl.DataFrame) -> pl.DataFrame:
    """Return scores with `measured_by`, which version 0.1.0 kept in the metadata of each file."""
    lacking = set(scores.filter(pl.col("measured_by").is_null())[FILE_COLUMN])
    if not lacking:
        return scores
    origins = {path.stem: _noted_origin(store, path) for path in loose if path.stem in lacking}
    noted = pl.col(FILE_COLUMN).replace_strict(origins, default=None, return_dtype=pl.String)
    return scores.with_columns(measured_by=pl.coalesce("measured_by", noted, "run_id"))


def _noted_origin(store: Store, path: PurePath) -> str | None:
    try:
        return read_notes(store.files.sources([path])[0]).get(MEASURED_BY_NOTE)
    except (OSError, pa.ArrowException) as error:
        raise RecordError(f"{path} cannot be read: {error}", "move it out of the results") from error

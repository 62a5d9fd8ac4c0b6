"""The files that make up a table, or one run's part of it, and the polars scan over them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePath
from typing import IO

import polars as pl

from tasks.record.compacted import (
    FILE_COLUMN,
    Batch,
    Index,
    compacted_path,
    is_compacted,
    of_runs,
    read_index,
)
from tasks.record.schemas import SCHEMAS, TableName
from tasks.record.store_files import StoreFiles, file_name_part

Part = Callable[[], pl.LazyFrame]
"""Returns the scan of a part of a table. Of a bucket, it fetches the part."""


@dataclass(frozen=True)
class Snapshot:
    """The files of a table at one moment.

    `run_id`: only this run's rows are wanted. `loose`: files of a single stage. `batches`: compacted ones.
    `replaced`: names of loose files whose rows a compacted file may have too; the loose file counts.
    `removed`: runs whose files are being deleted.
    `stem`: only the rows of the file with this name are wanted.
    """

    table: TableName
    run_id: str | None
    loose: tuple[PurePath, ...]
    batches: tuple[Batch, ...]
    replaced: tuple[str, ...]
    removed: tuple[str, ...]
    stem: str | None = None

    def paths(self, root: PurePath) -> list[PurePath]:
        """Every file, loose ones first."""
        return [*self.loose, *(compacted_path(root, self.table, batch.id) for batch in self.batches)]


def take_snapshot(files: StoreFiles, table: TableName, run_id: str | None = None) -> Snapshot:
    """Return the files that hold a table, or one run's part of it, sorted by name.

    The index is read after the loose files are listed: a file that was compacted and deleted before it could
    be listed is then in the index.

    Raises:
        OSError: the location cannot be read.
        RecordError: the index cannot be read.
    """
    prefix = "" if run_id is None else f"{file_name_part(run_id)}--"
    listed = [path for path in files.list_files(table, prefix) if not is_compacted(path)]
    return snapshot_of(table, run_id, listed, read_index(files))


def take_stage_snapshot(files: StoreFiles, table: TableName, run_id: str, path: PurePath) -> Snapshot:
    """Return the files that hold one stage of a run, whose own file would be `path`. Raises as above."""
    loose = [path] if files.exists(path) else []
    return replace(snapshot_of(table, run_id, loose, read_index(files)), stem=path.stem)


def snapshot_of(table: TableName, run_id: str | None, loose: Sequence[PurePath], index: Index) -> Snapshot:
    """Return the snapshot of a table whose loose files are known."""
    kept = tuple(sorted(loose))
    batches = [batch for batch in index.batches if table in batch.tables]
    if run_id is not None:
        batches = [batch for batch in batches if run_id in batch.runs]
    runs = {run for batch in batches for run in batch.runs}
    return Snapshot(
        table=table,
        run_id=run_id,
        loose=kept,
        batches=tuple(batches),
        replaced=tuple(of_runs((path.stem for path in kept), runs)),
        removed=index.removed,
    )


def scan(files: StoreFiles, snapshot: Snapshot) -> list[Part]:
    """Return the parts of a snapshot: each batch, and all loose files; without any file, one without rows.

    A part raises OSError where a bucket cannot be read.
    """
    parts: list[Part] = [partial(_scan_batch, files, snapshot, batch) for batch in snapshot.batches]
    if snapshot.loose or not parts:
        parts.append(partial(_scan_loose, files, snapshot))
    return parts


def scan_batch_with_files(files: StoreFiles, table: TableName, batch: Batch) -> pl.LazyFrame:
    """Return the rows of a batch with the column that names their earlier files. Raises OSError."""
    sources = files.sources([compacted_path(files.root, table, batch.id)])
    return _scan_files(sources, _with_file_column(pl.Schema(SCHEMAS[table])))


def _scan_batch(files: StoreFiles, snapshot: Snapshot, batch: Batch) -> pl.LazyFrame:
    path = compacted_path(files.root, snapshot.table, batch.id)
    sources = files.sources([path]) if snapshot.run_id is None else files.part(path, snapshot.run_id)
    rows = _scan_files(sources, _with_file_column(pl.Schema(SCHEMAS[snapshot.table])))
    if snapshot.stem is not None:
        rows = rows.filter(pl.col(FILE_COLUMN) == snapshot.stem)
    if snapshot.replaced:
        rows = rows.filter(~pl.col(FILE_COLUMN).is_in(snapshot.replaced))
    return _of_run(rows.drop(FILE_COLUMN), snapshot)


def _scan_loose(files: StoreFiles, snapshot: Snapshot) -> pl.LazyFrame:
    schema = pl.Schema(SCHEMAS[snapshot.table])
    if not snapshot.loose:
        return pl.LazyFrame(schema=schema)
    rows = _scan_files(files.sources(snapshot.loose), schema)
    if snapshot.removed:
        rows = rows.filter(~pl.col("run_id").is_in(snapshot.removed))
    return _of_run(rows, snapshot)


def _of_run(rows: pl.LazyFrame, snapshot: Snapshot) -> pl.LazyFrame:
    return rows if snapshot.run_id is None else rows.filter(pl.col("run_id") == snapshot.run_id)


def _with_file_column(schema: pl.Schema) -> pl.Schema:
    return pl.Schema({**schema, FILE_COLUMN: pl.String()})


def _scan_files(sources: list[Path] | list[IO[bytes]], schema: pl.Schema) -> pl.LazyFrame:
    return pl.scan_parquet(sources, glob=False, schema=schema, missing_columns="insert")

"""Writes and checks one Parquet file; a file appears only once it is complete."""

from __future__ import annotations

import os
import sys
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.record.schemas import ADDED_COLUMNS, SCHEMAS, TableName

COMPRESSION = "zstd"
ROWS_OF_GROUP = 2**17
"""Rows that a reader skips or reads together."""


class _WithoutPandas:
    """A finder of modules that finds no pandas."""

    @staticmethod
    def find_spec(name: str, *_: object) -> None:
        """Raise ModuleNotFoundError for pandas; leave other modules to the next finder."""
        if name == "pandas":
            raise ModuleNotFoundError(name)


def _keep_pandas_out() -> None:
    """Let pyarrow look for pandas while there is none to be found; it looks once in a process.

    pyarrow asks whether a list that it converts is one of pandas', and would import pandas (0.5 s) for that.
    """
    sys.meta_path.insert(0, _WithoutPandas)
    try:
        pa.array([])
    finally:
        sys.meta_path.remove(_WithoutPandas)


_keep_pandas_out()


def rows_to_table(table: TableName, rows: Sequence[Mapping[str, Any]]) -> pa.Table:
    """Convert rows to an Arrow table.

    Raises:
        ValueError: a row lacks a column of the table or has another one.
    """
    schema = SCHEMAS[table]
    for row in rows:
        # pyarrow fills a missing column with nulls and drops an unknown one, both without an error
        wrong = set(row) ^ set(schema.names)
        if wrong:
            raise ValueError(f"columns of a row that are missing or unknown: {sorted(wrong)}")
    return pa.Table.from_pylist(rows, schema=schema)


def write_atomically(content: pa.Table, target: Path) -> None:
    """Write a Parquet file as `write_bytes` does."""
    _write(target, lambda file: _write_table(content, file))


def write_bytes(content: bytes, target: Path) -> None:
    """Write under a hidden name in the same folder, then rename.

    Raises:
        OSError: the file cannot be written; nothing is left behind.
    """
    _write(target, lambda file: file.write(content))


def _write_table(content: pa.Table, sink: IO[bytes] | pa.BufferOutputStream) -> None:
    pq.write_table(content, sink, compression=COMPRESSION, row_group_size=ROWS_OF_GROUP)


def _write(target: Path, write: Callable[[IO[bytes]], object]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.parent / f".{target.stem}.{uuid.uuid4().hex}.tmp"
    try:
        with temporary.open("xb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    finally:
        remove_leftover(temporary)
    _sync_folder(target.parent)


def encode(content: pa.Table) -> pa.Buffer:
    """Return the table as the bytes of a Parquet file."""
    sink = pa.BufferOutputStream()
    _write_table(content, sink)
    return sink.getvalue()


def rows_of_run(source: pa.NativeFile, run_id: str) -> pa.Buffer:
    """Return the row groups of a file sorted by run that may hold a run's rows, as the bytes of a file.

    Raises:
        OSError, ArrowException: the file cannot be read.
    """
    file = pq.ParquetFile(source)
    column, groups = file.schema_arrow.get_field_index("run_id"), []
    for number in range(file.num_row_groups):
        statistics = file.metadata.row_group(number).column(column).statistics
        if statistics is None or not statistics.has_min_max or statistics.min <= run_id <= statistics.max:
            groups.append(number)
    return encode(file.read_row_groups(groups))


def read_notes(source: Path | IO[bytes]) -> dict[str, str]:
    """Return the key-value metadata of a file. Raises OSError, ArrowException."""
    metadata = pq.read_schema(source).metadata or {}
    return {name.decode(): note.decode() for name, note in metadata.items()}


def remove_leftover(path: Path) -> None:
    """Remove a temporary file if it is there; ignore a failure to do so."""
    with suppress(OSError):
        path.unlink(missing_ok=True)


def why_unreadable(source: Path | IO[bytes], table: TableName, extra: Collection[str] = ()) -> str | None:
    """Return why a file cannot be read as part of a table, or None if it can. The file's name precedes it.

    Args:
        source: the file.
        table: the table.
        extra: columns that the file has besides the table's.

    Raises:
        PermissionError: this user may not read the file.
    """
    try:
        # read everything, not only the schema: any page may be damaged
        schema = pq.ParquetFile(source).read().schema
    except PermissionError:
        raise
    except (OSError, pa.ArrowException) as error:
        return f"is damaged: {str(error).splitlines()[0]}"
    schema = pa.schema([field for field in schema if field.name not in extra])
    return None if _fits(schema, table) else "does not have this table's columns"


def _fits(schema: pa.Schema, table: TableName) -> bool:
    """Return whether all columns of a file belong to the table, and only columns added later are missing."""
    expected = {field.name: field.type for field in SCHEMAS[table]}
    for field in schema:
        if expected.get(field.name) != field.type:
            return False
    return expected.keys() - set(schema.names) <= ADDED_COLUMNS[table]


def _sync_folder(folder: Path) -> None:
    """Flush a rename inside the folder to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

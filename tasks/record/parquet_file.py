"""One Parquet file: written whole or not at all, and told from a damaged or a foreign one."""

from __future__ import annotations

import os
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from tasks.record.schemas import LATER


def rows_to_table(schema: pa.Schema, rows: Sequence[Mapping[str, Any]], notes: Mapping[str, str]) -> pa.Table:
    """Rows as an Arrow table. Raises ValueError for a row that lacks a column or has one too many."""
    for row in rows:
        # pyarrow fills a missing column with nulls and drops a foreign one, both without a word
        if wrong := set(row) ^ set(schema.names):
            raise ValueError(f"columns of a row that are missing or foreign: {sorted(wrong)}")
    return pa.Table.from_pylist(rows, schema=schema.with_metadata(dict(notes)))


def write_whole(content: pa.Table, target: Path) -> None:
    """Write under a hidden name in the same folder, then rename. Raises OSError, leaving nothing behind."""
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.parent / f".{target.stem}.{uuid.uuid4().hex}.tmp"
    try:
        with temporary.open("xb") as file:
            pq.write_table(content, file, compression="zstd")
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    finally:
        remove(temporary)
    _sync(target.parent)


def encoded(content: pa.Table) -> pa.Buffer:
    """The table as the bytes of a Parquet file."""
    sink = pa.BufferOutputStream()
    pq.write_table(content, sink, compression="zstd")
    return sink.getvalue()


def notes_of(source: Path | IO[bytes]) -> dict[str, str]:
    """The notes beside a file's rows. Raises OSError, ArrowException."""
    return {name.decode(): note.decode() for name, note in (pq.read_schema(source).metadata or {}).items()}


def remove(path: Path) -> None:
    """Remove a file of ours that a failure may have left; what cannot be removed stays."""
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return


def wrong_with(source: Path | IO[bytes], schema: pa.Schema) -> str | None:
    """Why a file cannot be read as one of the schema; None where it can."""
    try:
        # everything, not the schema alone: the damage may sit in the pages
        found = pq.ParquetFile(source).read().schema
    except (OSError, pa.ArrowException) as damage:
        return f"is damaged: {str(damage).splitlines()[0]}"
    wanted, held = ({field.name: field.type for field in each} for each in (schema, found))
    fits = held.items() <= wanted.items() and wanted.keys() - held.keys() <= LATER
    return None if fits else "does not have this table's columns"


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

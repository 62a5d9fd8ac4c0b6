"""The tables of one results location: one folder for each table, one Parquet file for each run and stage."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath
from typing import Any

import polars as pl
import pyarrow as pa

from tasks.config.results_location import ResultsLocation
from tasks.errors import InputError, RecordError
from tasks.record import bucket
from tasks.record.parquet_file import read_notes, rows_to_table, why_unreadable
from tasks.record.schemas import SCHEMAS, TableName
from tasks.record.store_files import files_at

_NOT_IN_FILE_NAMES = re.compile(r"[^A-Za-z0-9._-]+")


class Store:
    """Reads and writes the tables. Any number of processes may do so at the same time."""

    def __init__(self, location: ResultsLocation | Path) -> None:
        """Use the tables at a results location or in a folder; nothing is created before the first write."""
        self.location = (
            location if isinstance(location, ResultsLocation) else ResultsLocation(folder=location)
        )
        self._files = files_at(self.location)

    def check_writable(self) -> None:
        """Write a small file and remove it; create the folder if it does not exist.

        Raises:
            InputError: the location is not writable.
        """
        try:
            self._files.check_writable()
        except OSError as error:
            reason = self._files.error_text(error)
            in_bucket = self.location.bucket is not None
            raise InputError(
                f"the results {self._location_kind} {self.location} cannot be written: {reason}",
                bucket.REMEDY if in_bucket else "choose a writable folder with --results DIR",
            ) from error

    def write(
        self, table: TableName, run_id: str, stage: str, rows: Sequence[Mapping[str, Any]]
    ) -> PurePath | None:
        """Write the rows of one stage of a run. They replace rows of the same table, run and stage.

        Args:
            table: the table; each row has exactly its columns.
            run_id: the run that the rows belong to.
            stage: the part of the run that the rows come from; it is in the file's name.
            rows: if empty, nothing is written.

        Returns:
            The path of the file; None if nothing was written.

        Raises:
            RecordError: the disk is full, or the folder or bucket cannot be written.
        """
        if not rows:
            return None
        content, target = rows_to_table(table, rows), self.path(table, run_id, stage)
        try:
            self._files.write(content, target)
        except OSError as error:
            raise RecordError(
                f"cannot write {target}: {self._files.error_text(error)}",
                f"free some space, or choose another {self._location_kind} with --results",
            ) from error
        return target

    def path(self, table: TableName, run_id: str, stage: str) -> PurePath:
        """Return the path of the file for one stage of a run. In a bucket, it begins with the bucket."""
        return self._files.root / table / f"{_file_name_part(run_id)}--{_file_name_part(stage)}.parquet"

    def files(self, table: TableName, run_id: str | None = None) -> list[PurePath]:
        """Return the files of a table, or only those of one run, sorted by name. Raises OSError.

        The result includes files of runs whose id begins with `run_id` and two dashes.
        """
        prefix = "" if run_id is None else f"{_file_name_part(run_id)}--"
        files = []
        for path in self._files.list_files(table):
            hidden = path.name.startswith(".")  # still being written, or left by a killed writer
            if path.name.startswith(prefix) and not hidden:
                files.append(path)
        return sorted(files)

    def notes(self, table: TableName, run_id: str, stage: str) -> dict[str, str]:
        """Return the key-value metadata of a file. Only earlier versions wrote it. Raises RecordError."""
        path = self.path(table, run_id, stage)
        try:
            return read_notes(self._files.sources([path])[0])
        except (OSError, pa.ArrowException) as error:
            raise RecordError(f"{path} cannot be read: {error}", "measure again with --refresh") from error

    def read(self, table: TableName, run_id: str | None = None) -> pl.DataFrame:
        """Return a table, or only the rows of one run; no rows if nothing is recorded.

        Columns that a file of an earlier version lacks are null.

        Raises:
            RecordError: a file is damaged or is no file of this table; the message names it.
        """
        try:
            files = self.files(table, run_id)
        except OSError as error:
            raise self._unreadable(table, (), error) from error
        return self._read_files(table, files, run_id) if files else _empty_table(table)

    def read_stage(self, table: TableName, run_id: str, stage: str) -> pl.DataFrame:
        """Return the rows of one stage of a run. Raises RecordError, also if nothing is recorded."""
        return self._read_files(table, [self.path(table, run_id, stage)], run_id)

    def run_ids(self) -> tuple[str, ...]:
        """Return the ids of the recorded runs, newest first. Raises RecordError as `read` does."""
        runs = self.read("runs").sort("started_at", "run_id", descending=True)
        return tuple(runs["run_id"].to_list())

    @property
    def _location_kind(self) -> str:
        return "folder" if self.location.bucket is None else "bucket"

    def _read_files(self, table: TableName, files: Sequence[PurePath], run_id: str | None) -> pl.DataFrame:
        schema = _empty_table(table).schema
        try:
            sources = self._files.sources(files)
            frame = pl.scan_parquet(sources, glob=False, schema=schema, missing_columns="insert").collect()
        except (pl.exceptions.PolarsError, OSError) as error:
            raise self._unreadable(table, files, error) from error
        return frame if run_id is None else frame.filter(pl.col("run_id") == run_id)

    def _unreadable(self, table: TableName, files: Sequence[PurePath], error: Exception) -> RecordError:
        """Return the error for a table that cannot be read. It names the first unreadable file."""
        for path in files:
            try:
                reason = why_unreadable(self._files.sources([path])[0], table)
            except OSError as os_error:
                reason = f"cannot be read: {self._files.error_text(os_error)}"
            if reason:
                remedy = f"move it out of the results {self._location_kind}; the other files stay readable"
                return RecordError(f"{path} {reason}", remedy)
        text = self._files.error_text(error) if isinstance(error, OSError) else error
        return RecordError(f"the table {table!r} cannot be read: {text}", "read its files one by one")


def _empty_table(table: TableName) -> pl.DataFrame:
    return pl.DataFrame(schema=pl.Schema(SCHEMAS[table]))  # from_arrow would import pandas: 0.3 s


def _file_name_part(text: str) -> str:
    return _NOT_IN_FILE_NAMES.sub("-", text)

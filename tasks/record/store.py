"""The tables of one results location: one folder for each table.

A run's stage is written as one Parquet file; `compact.py` later brings the files of many runs together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path, PurePath
from typing import Any

import polars as pl
import pyarrow as pa

from tasks.config.access import FOLDER_WRITABLE, READABLE, is_denied
from tasks.config.results_location import ResultsLocation
from tasks.errors import InputError, RecordError
from tasks.record import bucket
from tasks.record.bucket_files import BucketFiles
from tasks.record.compacted import FILE_COLUMN, is_compacted
from tasks.record.folder_files import FolderFiles
from tasks.record.parquet_file import read_notes, rows_to_table, why_unreadable
from tasks.record.schemas import TABLES, TableName
from tasks.record.snapshot import Part, Snapshot, scan, take_snapshot, take_stage_snapshot
from tasks.record.store_files import ENDING, StoreFiles, file_name_part

Query = Callable[[pl.LazyFrame], pl.LazyFrame]
"""What is wanted of a table: polars then reads no other columns and row groups."""
ATTEMPTS = 10
"""Times that a table is read whose files are compacted or removed meanwhile."""
PARTS_AT_ONCE = 2
"""Parts of a table in memory at the same time: one is read while the other is reduced."""


class Store:
    """Reads and writes the tables. Any number of processes may do so at the same time."""

    def __init__(self, location: ResultsLocation | Path) -> None:
        """Use the tables at a results location or in a folder; nothing is created before the first write."""
        self.location = (
            location if isinstance(location, ResultsLocation) else ResultsLocation(folder=location)
        )
        self.files = _files_at(self.location)

    def check_writable(self) -> None:
        """Write a small file and remove it; create the folder if it does not exist.

        Raises:
            InputError: the location is not writable.
        """
        try:
            self.files.check_writable()
        except OSError as error:
            reason = self.files.error_text(error)
            in_bucket = self.location.bucket is not None
            inner = (
                f" ({error.filename})" if error.filename and PurePath(error.filename).name in TABLES else ""
            )
            raise InputError(
                f"the results {self._location_kind} {self.location} cannot be written{inner}: {reason}",
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
            self.files.write(content, target)
        except OSError as error:
            raise RecordError(
                f"cannot write {target}: {self.files.error_text(error)}",
                f"{FOLDER_WRITABLE if is_denied(error) else 'free some space'}, "
                f"or choose another {self._location_kind} with --results",
            ) from error
        return target

    def path(self, table: TableName, run_id: str, stage: str) -> PurePath:
        """Return the path of the file for one stage of a run. In a bucket, it begins with the bucket."""
        return self.files.root / table / f"{file_name_part(run_id)}--{file_name_part(stage)}{ENDING}"

    def notes(self, table: TableName, run_id: str, stage: str) -> dict[str, str]:
        """Return the key-value metadata of a file. Only earlier versions wrote it. Raises RecordError."""
        path = self.path(table, run_id, stage)
        try:
            return read_notes(self.files.sources([path])[0])
        except (OSError, pa.ArrowException) as error:
            raise RecordError(f"{path} cannot be read: {error}", "measure again with --refresh") from error

    def read(self, table: TableName, run_id: str | None = None, query: Query | None = None) -> pl.DataFrame:
        """Return a table, or only the rows of one run; no rows if nothing is recorded.

        Columns that a file of an earlier version lacks are null.

        Args:
            table: the table.
            run_id: the run; None for all of them.
            query: what to select or compute of the rows; None for the rows themselves.

        Raises:
            RecordError: a file is damaged or is no file of this table; the message names it.
        """
        return pl.concat(self.read_parts(table, run_id, query))

    def read_parts(
        self,
        table: TableName,
        run_id: str | None = None,
        query: Query | None = None,
        reduce: Callable[[pl.DataFrame], pl.DataFrame] | None = None,
    ) -> list[pl.DataFrame]:
        """Return a table in parts, each reduced before the next one is read; a run is mostly in one part.

        Args:
            table: the table.
            run_id: the run; None for all of them.
            query: as for `read`.
            reduce: makes a part smaller; None: nothing does.

        Raises:
            RecordError: as `read`.
        """
        return self._read(table, lambda: take_snapshot(self.files, table, run_id), query, reduce)

    def read_stage(self, table: TableName, run_id: str, stage: str) -> pl.DataFrame:
        """Return the rows of one stage of a run. Raises RecordError, also if nothing is recorded."""
        path = self.path(table, run_id, stage)
        rows = pl.concat(self._read(table, lambda: take_stage_snapshot(self.files, table, run_id, path)))
        if rows.is_empty():
            raise RecordError(f"{path} cannot be read: nothing is recorded", "measure again with --refresh")
        return rows

    def run_ids(self) -> tuple[str, ...]:
        """Return the ids of the recorded runs, newest first. Raises RecordError as `read` does."""
        runs = self.read("runs", query=lambda rows: rows.select("run_id", "started_at"))
        return tuple(runs.sort("started_at", "run_id", descending=True)["run_id"].to_list())

    @property
    def _location_kind(self) -> str:
        return "folder" if self.location.bucket is None else "bucket"

    def _read(
        self,
        table: TableName,
        snapshot: Callable[[], Snapshot],
        query: Query | None = None,
        reduce: Callable[[pl.DataFrame], pl.DataFrame] | None = None,
    ) -> list[pl.DataFrame]:
        """Collect a query over a snapshot; take another one where files vanished while they were read."""

        def collect(part: Part) -> pl.DataFrame:
            rows = (part() if query is None else query(part())).collect()
            return rows if reduce is None else reduce(rows)

        seen: Snapshot | None = None
        for attempt in range(1, ATTEMPTS + 1):
            try:
                seen = snapshot()
                with ThreadPoolExecutor(PARTS_AT_ONCE) as pool:
                    return list(pool.map(collect, scan(self.files, seen)))
            except (pl.exceptions.PolarsError, OSError) as error:
                if attempt == ATTEMPTS or seen is None or not self._vanished(seen):
                    paths = () if seen is None else seen.paths(self.files.root)
                    raise self.unreadable(table, paths, error) from error
        raise AssertionError

    def _vanished(self, snapshot: Snapshot) -> bool:
        """Return whether a file of a snapshot is no longer there: it was compacted or removed meanwhile."""
        with suppress(OSError):
            return not all(self.files.exists(path) for path in snapshot.paths(self.files.root))
        return False

    def unreadable(self, table: TableName, files: Sequence[PurePath], error: Exception) -> RecordError:
        """Return the error for a table that cannot be read. It names the first unreadable file."""
        for path in files:
            try:
                source = self.files.sources([path])[0]
                reason = why_unreadable(source, table, {FILE_COLUMN} if is_compacted(path) else set())
            except OSError as os_error:
                reason = f"cannot be read: {self.files.error_text(os_error)}"
                if is_denied(os_error):
                    return RecordError(f"{path} {reason}", READABLE)
            if reason:
                remedy = f"move it out of the results {self._location_kind}; the other files stay readable"
                return RecordError(f"{path} {reason}", remedy)
        named = f"the table {table!r}"
        if not isinstance(error, OSError):
            return RecordError(f"{named} cannot be read: {error}", "read its files one by one")
        what = f"{error.filename or named} cannot be read: {self.files.error_text(error)}"
        return RecordError(what, READABLE if is_denied(error) else "read its files one by one")


def _files_at(location: ResultsLocation) -> StoreFiles:
    if location.bucket is None:
        return FolderFiles(location.folder)
    return BucketFiles(location.bucket)

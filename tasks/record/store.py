"""The Parquet store, in a folder or a bucket: a folder a table, a file a run and stage."""

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
from tasks.record.parquet_file import notes_of, rows_to_table, wrong_with
from tasks.record.schemas import SCHEMAS, TableName
from tasks.record.store_files import files_at

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


class Store:
    """The tables of one place. Any number of processes may write and read at the same time."""

    def __init__(self, place: ResultsLocation | Path) -> None:
        """Takes the place, or the folder, as it is; nothing is made before the first write."""
        self.place = place if isinstance(place, ResultsLocation) else ResultsLocation(folder=place)
        self._files = files_at(self.place)

    def check_writable(self) -> None:
        """Try it, a folder being made where it is not there.

        Raises:
            InputError: nothing can be written there.
        """
        try:
            self._files.check_writable()
        except OSError as error:
            raise InputError(
                f"the results {self._kind} {self.place} cannot be written: {self._files.said(error)}",
                bucket.REMEDY if self.place.bucket else "give a folder that can be, with --results DIR",
            ) from error

    def write(
        self,
        table: TableName,
        run_id: str,
        stage: str,
        rows: Sequence[Mapping[str, Any]],
        notes: Mapping[str, str] | None = None,
    ) -> PurePath | None:
        """Write the rows of one stage of a run, in place of those written before under the same name.

        Args:
            table: whose columns the rows have, all of them and no others.
            run_id: the run the rows belong to.
            stage: what tells this file from the run's others.
            rows: none of them writes nothing.
            notes: kept in the file beside its rows.

        Raises:
            RecordError: the disk is full, or the folder or bucket cannot be written.
        """
        if not rows:
            return None
        content = rows_to_table(SCHEMAS[table], rows, notes or {})
        target = self.path(table, run_id, stage)
        try:
            self._files.write(content, target)
        except OSError as error:
            raise RecordError(
                f"cannot write {target}: {self._files.said(error)}",
                f"free some space, or give another {self._kind} with --results",
            ) from error
        return target

    def path(self, table: TableName, run_id: str, stage: str) -> PurePath:
        """Where the rows of one stage of a run stand; in a bucket, its name comes first."""
        return self._files.root / table / f"{_safe(run_id)}--{_safe(stage)}.parquet"

    def files(self, table: TableName, run_id: str | None = None) -> list[PurePath]:
        """The whole files of a table, or those that one run has written, by name. Raises OSError."""
        start = "" if run_id is None else f"{_safe(run_id)}--"
        visible = (path for path in self._files.names(table) if not path.name.startswith("."))
        return sorted(path for path in visible if path.name.startswith(start))

    def notes(self, table: TableName, run_id: str, stage: str) -> dict[str, str]:
        """What was noted beside the rows of one stage. Raises RecordError."""
        path = self.path(table, run_id, stage)
        try:
            return notes_of(self._files.sources([path])[0])
        except (OSError, pa.ArrowException) as error:
            raise RecordError(f"{path} cannot be read: {error}", "measure again with --refresh") from error

    def read(self, table: TableName, run_id: str | None = None) -> pl.DataFrame:
        """A table, or the part of it that one run has written; no rows where nothing is recorded.

        Columns that a file of an earlier version lacks are null.

        Raises:
            RecordError: a file is damaged or not one of ours; its name is said.
        """
        try:
            files = self.files(table, run_id)
        except OSError as error:
            raise self._unreadable(table, (), error) from error
        return self._rows(table, files, run_id) if files else _empty(table)

    def read_stage(self, table: TableName, run_id: str, stage: str) -> pl.DataFrame:
        """The rows of one stage of a run. Raises RecordError, also where there are none."""
        return self._rows(table, [self.path(table, run_id, stage)], run_id)

    def run_ids(self) -> tuple[str, ...]:
        """The recorded runs, newest first.

        Raises:
            RecordError: as `read`.
        """
        runs = self.read("runs").sort("started_at", "run_id", descending=True)
        return tuple(runs["run_id"].to_list())

    @property
    def _kind(self) -> str:
        return "folder" if self.place.bucket is None else "bucket"

    def _rows(self, table: TableName, files: Sequence[PurePath], run_id: str | None) -> pl.DataFrame:
        wanted = _empty(table).schema
        try:
            sources = self._files.sources(files)
            frame = pl.scan_parquet(sources, glob=False, schema=wanted, missing_columns="insert").collect()
        except (pl.exceptions.PolarsError, OSError) as error:
            raise self._unreadable(table, files, error) from error
        return frame if run_id is None else frame.filter(pl.col("run_id") == run_id)

    def _unreadable(self, table: TableName, files: Sequence[PurePath], error: Exception) -> RecordError:
        remedy = f"move it out of the results {self._kind}; the other files stay readable"
        for path in files:
            try:
                reason = wrong_with(self._files.sources([path])[0], SCHEMAS[table])
            except OSError as refused:
                reason = f"cannot be read: {self._files.said(refused)}"
            if reason:
                return RecordError(f"{path} {reason}", remedy)
        said = self._files.said(error) if isinstance(error, OSError) else error
        return RecordError(f"the table {table!r} cannot be read: {said}", "read the files one by one")


def _empty(table: TableName) -> pl.DataFrame:
    frame = pl.from_arrow(SCHEMAS[table].empty_table())
    assert isinstance(frame, pl.DataFrame)
    return frame


def _safe(part: str) -> str:
    return _UNSAFE.sub("-", part)

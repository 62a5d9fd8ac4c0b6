"""The Parquet store: a folder a table, a file a run and stage."""

from __future__ import annotations

import re
import shutil
import uuid
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from tasks.errors import InputError, RecordError
from tasks.record.parquet import remove, rows_to_table, write_whole, wrong_with
from tasks.record.schemas import SCHEMAS, TableName

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


class Store:
    """The tables under one folder. Any number of processes may write and read at the same time."""

    def __init__(self, root: Path) -> None:
        """Takes the folder as it is; nothing is made before the first write."""
        self.root = root

    def check_writable(self) -> None:
        """Make the folder and try it.

        Raises:
            InputError: nothing can be written there.
        """
        probe = self.root / f".probe-{uuid.uuid4().hex}"
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            probe.write_bytes(b"servegauge")
            probe.unlink()
        except OSError as error:
            remove(probe)
            raise InputError(
                f"the results folder {self.root} cannot be written: {error.strerror or error}",
                "give a folder that can be, with --results DIR",
            ) from error

    def write(
        self,
        table: TableName,
        run_id: str,
        stage: str,
        rows: Sequence[Mapping[str, Any]],
        notes: Mapping[str, str] | None = None,
    ) -> Path | None:
        """Write the rows of one stage of a run, in place of those written before under the same name.

        Args:
            table: whose columns the rows have, all of them and no others.
            run_id: the run the rows belong to.
            stage: what tells this file from the run's others.
            rows: none of them writes nothing.
            notes: kept in the file beside its rows.

        Raises:
            RecordError: the disk is full, or the folder cannot be written.
        """
        if not rows:
            return None
        content = rows_to_table(SCHEMAS[table], rows, notes or {})
        target = self.path(table, run_id, stage)
        try:
            write_whole(content, target)
        except OSError as error:
            raise RecordError(
                f"cannot write {target}: {error.strerror or error} ({_free(self.root)})",
                "free some space, or give another folder with --results DIR",
            ) from error
        return target

    def path(self, table: TableName, run_id: str, stage: str) -> Path:
        """Where the rows of one stage of a run stand."""
        return self.root / table / f"{_safe(run_id)}--{_safe(stage)}.parquet"

    def files(self, table: TableName, run_id: str | None = None) -> list[Path]:
        """The whole files of a table, or those that one run has written, by name."""
        start = "" if run_id is None else f"{_safe(run_id)}--"
        visible = (path for path in (self.root / table).glob("*.parquet") if not path.name.startswith("."))
        return sorted(path for path in visible if path.name.startswith(start))

    def read(self, table: TableName, run_id: str | None = None) -> pl.DataFrame:
        """A table, or the part of it that one run has written; no rows where nothing is recorded.

        Raises:
            RecordError: a file is damaged or not one of ours; its name is said.
        """
        files = self.files(table, run_id)
        if not files:
            return _empty(table)
        try:
            frame = pl.scan_parquet(files, glob=False).collect()
        except (pl.exceptions.PolarsError, OSError) as error:
            raise _unreadable(table, files, error) from error
        if frame.schema != _empty(table).schema:
            raise _unreadable(table, files, None)
        return frame if run_id is None else frame.filter(pl.col("run_id") == run_id)

    def run_ids(self) -> tuple[str, ...]:
        """The recorded runs, newest first.

        Raises:
            RecordError: as `read`.
        """
        runs = self.read("runs").sort("started_at", "run_id", descending=True)
        return tuple(runs["run_id"].to_list())


def _empty(table: TableName) -> pl.DataFrame:
    frame = pl.from_arrow(SCHEMAS[table].empty_table())
    assert isinstance(frame, pl.DataFrame)
    return frame


def _unreadable(table: TableName, files: Iterable[Path], error: Exception | None) -> RecordError:
    for path in files:
        if reason := wrong_with(path, SCHEMAS[table]):
            return RecordError(
                f"{path} {reason}", "move it out of the results folder; the other files stay readable"
            )
    return RecordError(f"the table {table!r} cannot be read: {error}", "read the files one by one")


def _free(folder: Path) -> str:
    try:
        return f"{shutil.disk_usage(folder).free / 2**20:,.0f} MiB free"
    except OSError:
        return "free space unknown"


def _safe(part: str) -> str:
    return _UNSAFE.sub("-", part)

"""The rows of some runs with the names of the files that they are in, to copy or compare runs."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from tasks.errors import RecordError
from tasks.record.batch_rows import batch_rows
from tasks.record.compacted import of_runs
from tasks.record.schemas import TableName
from tasks.record.snapshot import take_snapshot
from tasks.record.store import ATTEMPTS, Store


def rows_of_runs(store: Store, table: TableName, run_ids: Collection[str]) -> pl.DataFrame:
    """Return a table's rows of some runs, sorted by run and file; without any, a frame without columns.

    Raises:
        RecordError: a file cannot be read.
    """
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return _rows_once(store, table, run_ids)
        except RecordError:  # perhaps its files were compacted meanwhile
            if attempt == ATTEMPTS:
                raise
    raise AssertionError


def _rows_once(store: Store, table: TableName, run_ids: Collection[str]) -> pl.DataFrame:
    try:
        snapshot = take_snapshot(store.files, table)
    except OSError as error:
        raise store.unreadable(table, (), error) from error
    wanted = set(run_ids)
    of_wanted = set(of_runs((path.stem for path in snapshot.loose), wanted))
    loose = [path for path in snapshot.loose if path.stem in of_wanted]
    batches = [batch for batch in snapshot.batches if not wanted.isdisjoint(batch.runs)]
    rows = batch_rows(store, table, sorted(wanted), loose, batches, snapshot.replaced)
    if rows.is_empty():
        return pl.DataFrame()
    kept = wanted - set(snapshot.removed)
    return rows.filter(pl.col("run_id").is_in(sorted(kept)))

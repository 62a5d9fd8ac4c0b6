"""Brings the files of many runs together, so that ten thousand runs are read as quickly as ten; removes runs.

Safe to kill at any moment: new files are written under new names, then the index is replaced, and only then
are the old files deleted. What a killed process left is deleted by the next one. Other processes may record
and read meanwhile: runs that have not ended are left alone.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from pathlib import PurePath

import polars as pl

from tasks.config.base import Frozen
from tasks.record.batch_rows import batch_rows
from tasks.record.changing import changing
from tasks.record.compacted import (
    Batch,
    Index,
    compacted_path,
    compacted_schema,
    read_index,
    unnamed_files,
    write_index,
)
from tasks.record.compaction_plan import CompactionPlan, listed_files, plan_compaction
from tasks.record.schemas import TABLES, TableName
from tasks.record.store import Store

BATCH_BYTES = 64 * 2**20
"""Bytes of the files that become one batch, about; a larger run is a batch of its own."""


class Compacted(Frozen):
    """What a compaction did. `files_before`, `files_after`: the number of files of all tables."""

    runs: int
    files_before: int
    files_after: int


def compact(store: Store, batch_bytes: int = BATCH_BYTES) -> Compacted:
    """Compact every run that has ended and is not compacted yet. Small batches are joined.

    Args:
        store: the tables.
        batch_bytes: see BATCH_BYTES.

    Raises:
        InputError: another process compacts, merges or prunes.
        RecordError: a table cannot be read or written; what was recorded stays as it is.
    """
    with changing(store):
        outcomes = store.read("runs", query=lambda rows: rows.select("run_id", "outcome"))
        ended = outcomes.filter(pl.col("outcome") != "running")["run_id"].to_list()
        return _rewrite(store, outcomes["run_id"].to_list(), ended, (), batch_bytes)


def remove_runs(store: Store, run_ids: Collection[str]) -> None:
    """Remove runs from every table, for readers all of them at the same moment. Raises as `compact` does."""
    with changing(store):
        _rewrite(store, store.run_ids(), (), run_ids, BATCH_BYTES)


def finish_removal(store: Store) -> None:
    """Delete the files of runs whose removal was killed. The caller holds the lock. Raises as `compact`."""
    if read_index(store.files).removed:
        _rewrite(store, store.run_ids(), (), (), BATCH_BYTES)


def _rewrite(
    store: Store, known: Collection[str], ended: Collection[str], removed: Collection[str], batch_bytes: int
) -> Compacted:
    index = read_index(store.files)
    plan = plan_compaction(store.files, index, known, ended, removed, batch_bytes)
    written = [_write_batch(store, plan, runs) for runs in plan.groups]
    kept = [batch for batch in index.batches if batch not in plan.dissolved]
    batches = tuple(sorted([*kept, *written], key=lambda batch: batch.runs))
    changed = Index(batches=batches, removed=tuple(sorted(plan.removed)))
    if changed != index:
        write_index(store.files, changed)
    _delete(store, plan, changed)
    if changed.removed:
        write_index(store.files, Index(batches=batches))
    after = sum(len(files) for files in listed_files(store.files).values())
    return Compacted(runs=len(changed.runs), files_before=plan.files_before, files_after=after)


def _write_batch(store: Store, plan: CompactionPlan, runs: tuple[str, ...]) -> Batch:
    """Write the files of one batch; they count once the index names the batch."""
    batch_id, tables, found = uuid.uuid4().hex, list[TableName](), set(runs)
    batches = [batch for batch in plan.dissolved if not found.isdisjoint(batch.runs)]
    for table in TABLES:
        loose = plan.loose_of(table, runs)
        there = [batch for batch in batches if table in batch.tables]
        rows = batch_rows(store, table, runs, loose, there, plan.replaced[table])
        if not rows.is_empty():
            path = compacted_path(store.files.root, table, batch_id)
            store.files.write(rows.to_arrow().cast(compacted_schema(table)), path)
            tables.append(table)
            found.update(rows["run_id"].unique())
    return Batch(id=batch_id, runs=tuple(sorted(found)), tables=tuple(tables))


def _delete(store: Store, plan: CompactionPlan, index: Index) -> None:
    """Delete the files that no longer count, unless one was written again since it was read."""
    for table, files in listed_files(store.files).items():
        for path in plan.superseded(table):
            if files.get(path) == plan.stamps[table][path]:
                store.files.remove(path)
        for path in plan.files_of_removed(table, files):
            if not plan.removed.isdisjoint(_runs_in(store, table, path)):
                store.files.remove(path)
    for path in unnamed_files(store.files, index):
        store.files.remove(path)


def _runs_in(store: Store, table: TableName, path: PurePath) -> list[str]:
    """Return the runs of a file's rows: the beginning of its name may be the id of another run."""
    try:
        (source,) = store.files.sources([path])
        return pl.read_parquet(source, columns=["run_id"])["run_id"].unique().to_list()
    except pl.exceptions.PolarsError as error:
        raise store.unreadable(table, [path], error) from error

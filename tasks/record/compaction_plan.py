"""Decides which files become which compacted files, and which files are deleted afterwards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from tasks.record.compacted import Batch, Index, is_compacted, of_runs, possible_runs
from tasks.record.schemas import TABLES, TableName
from tasks.record.store_files import Stamp, StoreFiles, file_name_part

SMALL = 0.25
"""A batch below this share of the bytes that a batch should have is joined with others."""
Stamps = dict[TableName, dict[PurePath, Stamp]]


@dataclass(frozen=True)
class CompactionPlan:
    """`groups`: the runs of each new batch. `dissolved`: batches that new ones replace. `loose`: by table and
    run, the files that go into a batch. `replaced`: by table, names of files whose rows in `dissolved` do not
    count. `removed`: runs that are removed. `stamps`: the files of every table when the plan was made.
    """

    groups: tuple[tuple[str, ...], ...]
    dissolved: tuple[Batch, ...]
    loose: Mapping[TableName, Mapping[str, Sequence[PurePath]]]
    replaced: Mapping[TableName, Sequence[str]]
    removed: frozenset[str]
    stamps: Stamps

    @property
    def files_before(self) -> int:
        """The number of files of all tables."""
        return sum(map(len, self.stamps.values()))

    def loose_of(self, table: TableName, runs: Iterable[str]) -> list[PurePath]:
        """Return the files of a table that some runs bring into a batch, sorted by name."""
        return sorted(path for run in runs for path in self.loose[table].get(run, ()))

    def superseded(self, table: TableName) -> list[PurePath]:
        """Return the files of a table whose rows are in a new batch."""
        return self.loose_of(table, (run for group in self.groups for run in group))

    def files_of_removed(self, table: TableName, paths: Iterable[PurePath]) -> list[PurePath]:
        """Return those of some files that may belong to a removed run: their names begin as its files do."""
        by_stem = {path.stem: path for path in paths if not is_compacted(path)}
        return [by_stem[stem] for stem in of_runs(by_stem, self.removed)]


def listed_files(files: StoreFiles) -> Stamps:
    """Return the files of every table. Raises OSError."""
    return {table: files.stamps(table) for table in TABLES}


def plan_compaction(
    files: StoreFiles,
    index: Index,
    known: Collection[str],
    ended: Collection[str],
    removed: Collection[str],
    batch_bytes: int,
) -> CompactionPlan:
    """Return what to compact.

    Args:
        files: the files of the store.
        index: what is compacted.
        known: every recorded run.
        ended: the runs whose files go into batches.
        removed: the runs to remove.
        batch_bytes: bytes that a batch should have.

    Raises:
        OSError: the location cannot be read.
    """
    stamps = listed_files(files)
    gone = frozenset(removed) | frozenset(index.removed)
    loose = {table: _by_run(stamps[table], known, frozenset(ended) - gone) for table in TABLES}
    sizes = _run_sizes(stamps, loose)
    dissolved = _dissolved(files, index, stamps, gone, set(sizes), batch_bytes)
    for batch in dissolved:
        share = _bytes(files, stamps, batch) // len(batch.runs)
        for run in set(batch.runs) - gone:
            sizes[run] += share
    replaced = {table: _replaced(stamps[table], dissolved) for table in TABLES}
    return CompactionPlan(_groups(sizes, batch_bytes), dissolved, loose, replaced, gone, stamps)


def _by_run(
    paths: Iterable[PurePath], known: Collection[str], wanted: Collection[str]
) -> dict[str, list[PurePath]]:
    """Return the loose files of each wanted run. A file whose name fits several runs stays as it is."""
    ids = {file_name_part(run_id): run_id for run_id in known}
    by_run = defaultdict[str, list[PurePath]](list)
    for path in paths:
        if is_compacted(path):
            continue
        owners = [ids[start] for start in possible_runs(path.stem) if start in ids]
        if len(owners) == 1 and owners[0] in wanted:
            by_run[owners[0]].append(path)
    return by_run


def _run_sizes(stamps: Stamps, loose: Mapping[TableName, Mapping[str, Sequence[PurePath]]]) -> dict[str, int]:
    sizes = defaultdict[str, int](int)
    for table, by_run in loose.items():
        for run, paths in by_run.items():
            sizes[run] += sum(stamps[table][path].size for path in paths)
    return sizes


def _dissolved(
    files: StoreFiles,
    index: Index,
    stamps: Stamps,
    gone: Collection[str],
    compacting: Collection[str],
    batch_bytes: int,
) -> tuple[Batch, ...]:
    """Return the batches with a removed run or one that has new files, and the small ones to be joined."""
    changed, small = [], []
    for batch in index.batches:
        if not {*gone, *compacting}.isdisjoint(batch.runs):
            changed.append(batch)
        elif _bytes(files, stamps, batch) < SMALL * batch_bytes:
            small.append(batch)
    return (*changed, *small) if compacting or len(small) > 1 else tuple(changed)


def _bytes(files: StoreFiles, stamps: Stamps, batch: Batch) -> int:
    """Return the size of a batch's files."""
    paths = {*batch.paths(files.root)}
    return sum(stamp.size for table in batch.tables for path, stamp in stamps[table].items() if path in paths)


def _replaced(paths: Iterable[PurePath], dissolved: Sequence[Batch]) -> list[str]:
    runs = {run for batch in dissolved for run in batch.runs}
    return of_runs((path.stem for path in paths if not is_compacted(path)), runs)


def _groups(sizes: Mapping[str, int], batch_bytes: int) -> tuple[tuple[str, ...], ...]:
    """Return runs in the order of their ids, cut into groups of about equal bytes."""
    groups: list[list[str]] = []
    room = 0
    for run in sorted(sizes):
        if not groups or sizes[run] > room:
            groups.append([])
            room = batch_bytes
        groups[-1].append(run)
        room -= sizes[run]
    return tuple(tuple(group) for group in groups)

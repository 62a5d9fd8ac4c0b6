"""Brings the results of several places into one: the same run twice is one run.

Runs appear in the place together, when its index is replaced. A merge that was killed has changed nothing
that a reader sees, and the same command again does it.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Sequence

import polars as pl

from tasks.config.base import Frozen
from tasks.errors import InputError
from tasks.record.changing import changing
from tasks.record.compact import finish_removal
from tasks.record.compacted import Batch, Index, compacted_path, compacted_schema, read_index, write_index
from tasks.record.copy_files import copy_run_files
from tasks.record.named_baselines import add_baselines
from tasks.record.run_rows import rows_of_runs
from tasks.record.schemas import TABLES, TableName
from tasks.record.store import Store

RUNS_AT_ONCE = 100
"""Runs that are read, compared and written together."""
MOST_NAMED = 5
"""Conflicts that an error names."""


class Merged(Frozen):
    """What a merge did.

    `added`: runs that were new. `known`: runs that were there already, equal in each row. `running`: runs
    that have not ended, and are left where they are. `kept_names`: baselines that mean another run here, and
    still do.
    """

    added: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    running: tuple[str, ...] = ()
    kept_names: tuple[str, ...] = ()


def merge(target: Store, sources: Sequence[Store]) -> Merged:
    """Copy every run that has ended, with its files and baselines, into `target`; change nothing else.

    Raises:
        InputError: a run has other rows in another place, and nothing was copied; or another process changes
            the target.
        RecordError: a table cannot be read or written.
    """
    with changing(target):
        finish_removal(target)
        new, known, running = _sort_out(target, sources)
        for run_id, source in new.items():
            copy_run_files(source.location, target.location, run_id)
        batches = [
            _copy(source, target, runs)
            for source in sources
            for runs in _chunks([run_id for run_id, owner in new.items() if owner is source])
        ]
        if batches:
            index = read_index(target.files)
            joined = sorted([*index.batches, *batches], key=lambda batch: batch.runs)
            write_index(target.files, Index(batches=tuple(joined)))
        kept_names = [name for source in sources for name in add_baselines(target, source)]
    return Merged(
        added=tuple(sorted(new)),
        known=tuple(sorted(known)),
        running=tuple(sorted(running - new.keys() - known)),
        kept_names=tuple(sorted(set(kept_names))),
    )


def _sort_out(target: Store, sources: Sequence[Store]) -> tuple[dict[str, Store], set[str], set[str]]:
    """Return where each new run comes from, the runs that are there already, and those not ended."""
    new, known, running, conflicts = dict[str, Store](), set[str](), set[str](), list[str]()
    there = set(target.run_ids())
    for source in sources:
        outcomes = source.read("runs", query=lambda rows: rows.select("run_id", "outcome"))
        ended = set(outcomes.filter(pl.col("outcome") != "running")["run_id"])
        running |= set(outcomes["run_id"]) - ended
        for owner in {id(store): store for store in (target, *new.values())}.values():
            common = ended & (there if owner is target else {run for run in new if new[run] is owner})
            conflicts += _conflicts(owner, source, sorted(common))
            known |= common & there
        new.update(dict.fromkeys(ended - there - new.keys(), source))
    if conflicts:
        more = f" and {len(conflicts) - MOST_NAMED} more" if len(conflicts) > MOST_NAMED else ""
        raise InputError(
            f"{len(conflicts)} runs differ between the places: {'; '.join(conflicts[:MOST_NAMED])}{more}",
            "nothing was merged: prune the run in the place where it is wrong",
        )
    return new, known, running


def _conflicts(one: Store, other: Store, run_ids: Sequence[str]) -> list[str]:
    """Return a text for each run whose rows differ between two places, with the tables in which they do."""
    tables: dict[str, list[str]] = {}
    for runs in _chunks(run_ids):
        for table in TABLES:
            for run_id in _differing(rows_of_runs(one, table, runs), rows_of_runs(other, table, runs)):
                tables.setdefault(run_id, []).append(table)
    places = f"{one.location} and {other.location}"
    return [f"{run_id} in {places} ({', '.join(names)})" for run_id, names in tables.items()]


def _differing(one: pl.DataFrame, other: pl.DataFrame) -> list[str]:
    parts = [{} if rows.is_empty() else rows.partition_by("run_id", as_dict=True) for rows in (one, other)]
    names = sorted({str(key[0]) for part in parts for key in part})
    return [name for name in names if not _equal(parts[0].get((name,)), parts[1].get((name,)))]


def _equal(one: pl.DataFrame | None, other: pl.DataFrame | None) -> bool:
    return one is not None and other is not None and one.equals(other)


def _copy(source: Store, target: Store, runs: Collection[str]) -> Batch:
    """Write runs of one place as a batch of another; they count once its index names the batch."""
    batch_id, tables = uuid.uuid4().hex, list[TableName]()
    for table in TABLES:
        rows = rows_of_runs(source, table, runs)
        if not rows.is_empty():
            path = compacted_path(target.files.root, table, batch_id)
            target.files.write(rows.to_arrow().cast(compacted_schema(table)), path)
            tables.append(table)
    return Batch(id=batch_id, runs=tuple(sorted(runs)), tables=tuple(tables))


def _chunks(run_ids: Sequence[str]) -> Iterator[Sequence[str]]:
    ordered = sorted(run_ids)
    for first in range(0, len(ordered), RUNS_AT_ONCE):
        yield ordered[first : first + RUNS_AT_ONCE]

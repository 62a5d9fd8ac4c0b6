"""Decides which recorded runs are removed, and removes them with their files."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

import polars as pl

from tasks.config.access import is_closed
from tasks.config.base import Frozen
from tasks.errors import InputError
from tasks.record.compact import remove_runs
from tasks.record.copy_files import remove_run_files
from tasks.record.named_baselines import baselines
from tasks.record.named_run import find_run
from tasks.record.read_run import origins
from tasks.record.schemas import TABLES
from tasks.record.store import Store

_DAYS = re.compile(r"(\d+)d")
_KIND = ("spec", "model", "cpu", "gpu_names")
"""Runs that share these columns are runs of one kind."""


class Keep(Frozen):
    """What is kept: a run for which one of these holds.

    `days`: it started in the last so many days. `newest`: it is one of the so many newest completed runs of
    its spec, model and hardware. `runs`: it is one of these.
    """

    days: int | None = None
    newest: int | None = None
    runs: tuple[str, ...] = ()


class Removal(Frozen):
    """`removed`: runs to remove, oldest first. `reused`: runs kept because a kept run uses their figures."""

    removed: tuple[str, ...]
    reused: tuple[str, ...]
    kept: int


def parsed_keep(store: Store, words: Sequence[str]) -> Keep:
    """Return what a user's words keep: `90d`, `20`, or a run as `find_run` takes it.

    Raises:
        InputError: there is no word, two of one sort, or one that names no run.
    """
    if not words:
        raise InputError("nothing says what is kept", "give --keep 90d, --keep 20 or --keep RUN, or several")
    days = [int(match[1]) for match in map(_DAYS.fullmatch, words) if match]
    counts = [int(word) for word in words if word.isdecimal()]
    if len(days) > 1 or len(counts) > 1:
        raise InputError("--keep names two ages or two counts", "give one of each")
    names = [word for word in words if not word.isdecimal() and not _DAYS.fullmatch(word)]
    return Keep(
        days=days[0] if days else None,
        newest=counts[0] if counts else None,
        runs=tuple(find_run(store, name) for name in names),
    )


def plan_removal(store: Store, keep: Keep, now: datetime) -> Removal:
    """Return which runs are removed. Baselines and runs that have not ended are always kept.

    Raises:
        RecordError: a table cannot be read.
    """
    columns = ("run_id", "started_at", "outcome", *_KIND)
    runs = store.read("runs", query=lambda rows: rows.select(columns)).sort("started_at", "run_id")
    wanted = _wanted(runs, keep, now) | set(baselines(store).values())
    kept = _with_used(wanted, origins(store)) & set(runs["run_id"])
    return Removal(
        removed=tuple(run_id for run_id in runs["run_id"] if run_id not in kept),
        reused=tuple(run_id for run_id in runs["run_id"] if run_id in kept - wanted),
        kept=len(kept),
    )


def check_removable(store: Store, run_ids: Collection[str]) -> None:
    """Check that this user may remove runs, before a word is said of it or one of their files goes.

    Raises:
        InputError: a folder that they have files in is closed to this user.
    """
    location = store.location
    folders = [location.folder, location.cache_folder, location.runs_folder]
    folders += [location.folder / table for table in TABLES]
    folders += [location.run_folder(run_id) for run_id in run_ids]
    for folder in folders:
        if is_closed(folder):
            raise InputError(
                f"runs cannot be removed from {location}: {folder} is not writable for this user",
                "let this user read and write it; nothing was removed",
            )


def remove(store: Store, run_ids: Collection[str]) -> None:
    """Remove runs: their files first, so that a command that was killed finds them in the tables again.

    Raises:
        InputError: another process compacts, merges or prunes.
        RecordError: a table or folder cannot be written.
    """
    for run_id in run_ids:
        remove_run_files(store.location, run_id)
    remove_runs(store, run_ids)


def _wanted(runs: pl.DataFrame, keep: Keep, now: datetime) -> set[str]:
    wanted = set(keep.runs) | set(runs.filter(outcome="running")["run_id"])
    if keep.days is not None:
        wanted |= set(runs.filter(pl.col("started_at") >= now - timedelta(days=keep.days))["run_id"])
    if keep.newest is not None:
        completed = runs.filter(outcome="completed")
        newest = completed.group_by(_KIND, maintain_order=True).tail(keep.newest)
        wanted |= set(newest["run_id"])
    return wanted


def _with_used(run_ids: Collection[str], used: Mapping[str, Collection[str]]) -> set[str]:
    """Return runs with all those whose figures they use, and so on."""
    found, left = set[str](), list(run_ids)
    while left:
        run_id = left.pop()
        if run_id not in found:
            found.add(run_id)
            left += used.get(run_id, ())
    return found

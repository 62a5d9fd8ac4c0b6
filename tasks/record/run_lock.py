"""Finds runs whose process has ended: the kernel frees a process's file lock when it ends."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from tasks.errors import RecordError
from tasks.record.read_run import recorded_run
from tasks.record.store import Store
from tasks.record.write_run import record_run

LOCK = ".alive"


@contextmanager
def hold_run_lock(folder: Path) -> Iterator[None]:
    """Hold the lock of the run whose files are in `folder`. Take it before the run is recorded as running.

    The lock file is never removed. If the run's outcome cannot be written, the next run finds the lock free
    and records the run as killed.
    """
    with (folder / LOCK).open("a") as lock:
        with suppress(OSError):  # a file system without locks: the run is never recorded as killed
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield


def record_killed_runs(store: Store, files: Path) -> tuple[str, ...]:
    """Record the outcome `killed` for each run that is recorded as running and whose process has ended.

    A run without a lock file may be running on another machine and stays unchanged. A run that cannot be
    read or written stays unchanged until the next call.

    Args:
        store: the tables.
        files: the folder that holds one folder a run, with its lock file.

    Returns:
        The ids of these runs.
    """
    try:
        running = store.read("runs", query=_running)["run_id"].to_list()
    except RecordError:
        return ()
    return tuple(run_id for run_id in running if _record_if_killed(store, run_id, files / run_id))


def _running(runs: pl.LazyFrame) -> pl.LazyFrame:
    return runs.filter(outcome="running").select("run_id")


def _record_if_killed(store: Store, run_id: str, folder: Path) -> bool:
    """Record a run as killed if its lock is free and it is still recorded as running."""
    try:
        with (folder / LOCK).open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            run = recorded_run(store, run_id)  # read again: the run may have recorded its outcome since
            if run.outcome != "running":
                return False
            killed = {"outcome": "killed", "finished_at": _last_write(folder)}
            record_run(store, run.model_copy(update=killed))
    except (OSError, RecordError):  # the lock is held or missing, or a table failed
        return False
    return True


def _last_write(folder: Path) -> datetime:
    """Return the time (UTC) at which a file of the run was last written."""
    times = [path.stat().st_mtime for path in folder.rglob("*") if path.is_file()]
    return datetime.fromtimestamp(max(times), UTC)

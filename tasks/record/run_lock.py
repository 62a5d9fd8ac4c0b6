"""Whether the process of a recorded run lives: a lock in its folder, which the kernel frees when it ends."""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from tasks.errors import RecordError
from tasks.record.read_run import recorded_run
from tasks.record.store import Store
from tasks.record.write_run import record_run

LOCK = ".alive"


@contextmanager
def hold_run_lock(folder: Path) -> Iterator[None]:
    """Hold the lock of the run whose files are in `folder`, from before its row says `running`.

    Its file stays: where the run's end could not be written, the next run finds it not held.
    """
    path = folder / LOCK
    with path.open("a") as lock:
        with contextlib.suppress(OSError):  # a file system without locks: then nobody can tell
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield


def record_killed_runs(store: Store, files: Path) -> tuple[str, ...]:
    """Write `killed` for each run that stands as running and whose process is gone; returns their ids.

    A run without a lock under `files` is left alone: it may go on, on another machine. What cannot be read or
    written is left for the next time.
    """
    try:
        running = store.read("runs").filter(outcome="running")["run_id"].to_list()
    except RecordError:
        return ()
    return tuple(run_id for run_id in running if _ended(store, run_id, files / run_id))


def _ended(store: Store, run_id: str, folder: Path) -> bool:
    try:
        with (folder / LOCK).open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            found = recorded_run(store, run_id)  # read again: it may just have ended by itself
            if found.outcome != "running":
                return False
            last = {"outcome": "killed", "finished_at": _last_sign(folder)}
            record_run(store, found.model_copy(update=last))
    except (OSError, RecordError):  # held, or not there
        return False
    return True


def _last_sign(folder: Path) -> datetime:
    """When it last wrote a file of its own."""
    times = [path.stat().st_mtime for path in folder.rglob("*") if path.is_file()]
    return datetime.fromtimestamp(max(times), UTC)

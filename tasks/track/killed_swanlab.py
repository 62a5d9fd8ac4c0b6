"""Finds runs that were killed while SwanLab logged them, and removes the empty experiments that they left."""

from __future__ import annotations

import fcntl
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tasks.track.swanlab_job import SwanLabJob

PREFIX = ".logging-"
EMPTY_BYTES = 14
"""A `.swanlab` file up to this size holds no record: 7 bytes begin the file, 7 more begin a record."""
_NO_LETTER_OR_DIGIT = re.compile(r"[^0-9A-Za-z]+")


@contextmanager
def mark_as_logging(job: SwanLabJob) -> Iterator[None]:
    """Keep a locked file with the run's id in the job's folder while the block logs the run.

    The kernel frees the lock when this process ends. A leftover file without a lock is from a killed process.
    """
    path = job.folder / f"{PREFIX}{job.experiment_id}"
    with path.open("a") as marker:
        with suppress(OSError):  # a file system without locks: `mend_killed_logging` skips the file
            fcntl.flock(marker, fcntl.LOCK_EX)
        marker.write(job.run.run_id)
        marker.flush()
        yield
        path.unlink(missing_ok=True)


def mend_killed_logging(folder: Path) -> tuple[str, ...]:
    """Remove the empty experiments of runs that were killed while they were logged; mention each run once.

    An experiment that holds records is kept, although some of its figures may be missing.

    Args:
        folder: the results folder.

    Returns:
        A message for each of these runs.
    """
    messages = []
    for path in sorted((folder / "swanlab").glob(f"{PREFIX}*")):
        with suppress(OSError):  # the lock is held, or the folder is read-only: left for the next call
            messages.append(_mend(path))
    return tuple(message for message in messages if message)


def _mend(path: Path) -> str:
    """Mend what one killed process left, and return the message; empty if there is nothing to report."""
    with path.open("r+") as marker:
        fcntl.flock(marker, fcntl.LOCK_EX | fcntl.LOCK_NB)
        run_id = marker.read()
        if not run_id:  # its process starts just now
            return ""
        incomplete = _remove_empty(path.parent, path.name.removeprefix(PREFIX))
        path.unlink()
    state = f"is incomplete: {incomplete}" if incomplete else "was empty and is removed"
    return (
        f"{run_id} was killed while SwanLab logged it; its experiment {state}; all its figures are in the "
        "tables, and its spec run again logs them without measuring again"
    )


def _remove_empty(folder: Path, experiment_id: str) -> Path | None:
    """Remove a run's experiments without records; return the folder of one that has some."""
    incomplete = None
    for path in sorted(folder.glob("run-*/run-*.swanlab")):
        if _comparable(path.stem.removeprefix("run-")) != _comparable(experiment_id):
            continue
        if path.stat().st_size <= EMPTY_BYTES:
            shutil.rmtree(path.parent)
        else:
            incomplete = path.parent
    return incomplete


def _comparable(experiment_id: str) -> str:
    """SwanLab replaces some characters of an id in the names of its files."""
    return _NO_LETTER_OR_DIGIT.sub("_", experiment_id)

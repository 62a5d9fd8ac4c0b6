"""Finds runs that were killed while SwanLab logged them, and removes the incomplete experiments they left."""

from __future__ import annotations

import fcntl
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tasks.track.swanlab_job import SwanLabJob

PREFIX = ".logging-"
_NO_LETTER_OR_DIGIT = re.compile(r"[^0-9A-Za-z]+")


@contextmanager
def mark_as_logging(job: SwanLabJob) -> Iterator[None]:
    """Keep a locked file in the job's folder while the block logs the run.

    It holds the run's id, and in further lines the run's experiments that were there before. The kernel frees
    the lock when this process ends. A leftover file without a lock is from a killed process.
    """
    path = job.folder / f"{PREFIX}{job.experiment_id}"
    with path.open("a") as marker:
        with suppress(OSError):  # a file system without locks: `mend_killed_logging` skips the file
            fcntl.flock(marker, fcntl.LOCK_EX)
        earlier = [folder.name for folder in _experiments(job.folder, job.experiment_id)]
        marker.write("\n".join((job.run.run_id, *earlier)))
        marker.flush()
        yield
        path.unlink(missing_ok=True)


def mend_killed_logging(folder: Path) -> tuple[str, ...]:
    """Remove the incomplete experiments of runs that were killed while they were logged.

    Args:
        folder: the results folder.

    Returns:
        A message for each of these runs.
    """
    messages, paths = [], list[Path]()
    with suppress(OSError):  # a folder that is closed to this user
        paths = sorted((folder / "swanlab").glob(f"{PREFIX}*"))
    for path in paths:
        with suppress(OSError):  # the lock is held, or the folder is read-only: left for the next call
            messages.append(_mend(path))
    return tuple(message for message in messages if message)


def _mend(path: Path) -> str:
    """Mend what one killed process left, and return the message; empty if there is nothing to report."""
    with path.open("r+") as marker:
        fcntl.flock(marker, fcntl.LOCK_EX | fcntl.LOCK_NB)
        run_id, *earlier = marker.read().splitlines() or [""]
        if not run_id:  # its process starts just now
            return ""
        for folder in _experiments(path.parent, path.name.removeprefix(PREFIX)):
            if folder.name not in earlier:
                shutil.rmtree(folder)
        path.unlink()
    return (
        f"{run_id} was killed while SwanLab logged it; its incomplete experiment is removed. Its figures are "
        f"in the tables: `servegauge track {run_id}` logs them"
    )


def _experiments(folder: Path, experiment_id: str) -> list[Path]:
    """Return the folders of a run's experiments."""
    wanted = _comparable(experiment_id)
    files = sorted(folder.glob("run-*/run-*.swanlab"))
    return [file.parent for file in files if _comparable(file.stem.removeprefix("run-")) == wanted]


def _comparable(experiment_id: str) -> str:
    """SwanLab replaces some characters of an id in the names of its files."""
    return _NO_LETTER_OR_DIGIT.sub("_", experiment_id)

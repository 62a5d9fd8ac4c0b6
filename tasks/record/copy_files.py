"""Copies and removes the files of a run beside the tables: logs, page, answers."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import PurePosixPath

from tasks.config.results_location import FILES, ResultsLocation
from tasks.errors import RecordError
from tasks.record import bucket, bucket_sync
from tasks.record.run_lock import LOCK


def copy_run_files(source: ResultsLocation, target: ResultsLocation, run_id: str) -> None:
    """Copy the folder of a run, if it has one. Files that are there already are replaced.

    Raises:
        RecordError: a folder or bucket cannot be read or written.
    """
    name = f"{FILES}/{run_id}"
    bucket_sync.download(source, name)
    try:
        with suppress(FileNotFoundError):
            shutil.copytree(
                source.run_folder(run_id),
                target.run_folder(run_id),
                ignore=shutil.ignore_patterns(LOCK),
                dirs_exist_ok=True,
            )
    except (OSError, shutil.Error) as error:
        what = f"the files of {run_id} cannot be copied: {error}"
        raise RecordError(what, "see that they are readable, and that there is space") from error
    bucket_sync.upload(target, name)


def remove_run_files(location: ResultsLocation, run_id: str) -> None:
    """Remove the folder of a run, here and in the bucket. Raises RecordError."""
    folder = location.run_folder(run_id)
    try:
        with suppress(FileNotFoundError):
            shutil.rmtree(folder)
        if location.bucket is not None:
            for path, _ in bucket.list_files(PurePosixPath(location.bucket) / FILES / run_id, recursive=True):
                bucket.remove(path)
    except OSError as error:
        what = f"the files of {run_id} cannot be removed: {error}"
        raise RecordError(what, "see that their folder is writable") from error

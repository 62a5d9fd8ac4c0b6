"""The location of results: a folder, or an S3 bucket together with a local folder."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from tasks.config.access import READABLE
from tasks.config.base import Frozen
from tasks.config.home import expanded, home
from tasks.errors import InputError

S3 = "s3://"
FILES = "files"
CACHE = "cache"
ANSWERS = "answers"
"""Names of the subfolders that do not hold tables."""
RESULTS = os.environ.get("SERVEGAUGE_RESULTS", "results")
"""The results location where nobody names one."""
_OPEN_IT = f"{READABLE}, or give another one with --results"


class ResultsLocation(Frozen):
    """Tables are written to `bucket` (a name and an optional prefix), or to `folder` where it is None.

    Logs, pages, the cache and the trackers' files are always written to `folder`.
    """

    folder: Path
    bucket: str | None = None

    @property
    def runs_folder(self) -> Path:
        """The folder that contains one folder per run."""
        return self.folder / FILES

    @property
    def cache_folder(self) -> Path:
        """The folder of reusable figures, by cache key. Without it, runs measure everything again."""
        return self.folder / CACHE

    def answers_folder(self, key: str) -> Path:
        """Return the folder of the answers to one dataset's questions: a file for each run that asked."""
        return self.folder / ANSWERS / key

    def run_folder(self, run_id: str) -> Path:
        """Return the folder with the logs and the page of one run."""
        return self.runs_folder / run_id

    def __str__(self) -> str:
        return str(self.folder) if self.bucket is None else f"{S3}{self.bucket}"


def results_location(address: str | Path) -> ResultsLocation:
    """Return the results location for a folder or an `s3://BUCKET/PREFIX`.

    Raises:
        InputError: the address has another scheme, or its bucket is missing.
    """
    text = str(address)
    if text.startswith(S3):
        bucket = text.removeprefix(S3).rstrip("/")
        if not {"", ".", ".."} & set(bucket.split("/")):
            return ResultsLocation(folder=home() / "buckets" / bucket, bucket=bucket)
    if "://" in text:
        raise InputError(f"results cannot go to {text}", f"give a folder, or {S3}BUCKET/PREFIX")
    return ResultsLocation(folder=expanded(text))


def existing_results(address: str | Path) -> ResultsLocation:
    """Return the results location to read from. A bucket is not asked whether it exists.

    Raises:
        InputError: the address is wrong, there is no folder at it, or this user may not read it.
    """
    location = results_location(address)
    if location.bucket is None:
        _check_readable(location.folder)
    return location


def _check_readable(folder: Path) -> None:
    named = f"the results folder {folder.absolute()}"
    try:
        is_folder, exists = folder.is_dir(), folder.exists()
    except OSError as error:  # a folder above it is closed to this user
        raise InputError(f"{named} cannot be read: {error.strerror}", _OPEN_IT) from None
    if not is_folder:
        raise InputError(
            f"{named} {'is a file' if exists else 'does not exist'}",
            "give the folder of a run's results with --results, or measure something: servegauge run smoke",
        )
    if not os.access(folder, os.R_OK | os.X_OK):
        raise InputError(f"{named} cannot be read: {os.strerror(errno.EACCES)}", _OPEN_IT)

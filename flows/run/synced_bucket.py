"""The cache and the files of a run whose results location is a bucket."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flows.run.reuse import CACHE
from flows.run.run import Run
from flows.ui import console
from tasks.errors import RecordError
from tasks.record import bucket_sync


@contextmanager
def synced_bucket(run: Run) -> Iterator[None]:
    """For results in a bucket: download the cache first, upload it and the run's files at the end."""
    bucket_sync.download(run.results, CACHE)
    try:
        yield
    finally:
        try:
            bucket_sync.upload(run.results, CACHE)
            bucket_sync.upload(run.results, f"files/{run.id}")
        except RecordError as error:  # the tables are complete
            console.stage(
                "record", f"{error.what}; the files that are missing there are in {run.folder}", "yellow"
            )

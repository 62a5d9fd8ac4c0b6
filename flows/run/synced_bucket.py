"""The cache and the files of a run whose results location is a bucket."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flows.run.run_identity import Run
from flows.ui import console
from tasks.config.results_location import CACHE
from tasks.errors import RecordError
from tasks.record import bucket_sync


@contextmanager
def synced_bucket(run: Run) -> Iterator[None]:
    """Download the cache before the block; upload the cache and the run's files after the block.

    Does nothing if the results location is not a bucket.
    """
    bucket_sync.download(run.results, CACHE)
    try:
        yield
    finally:
        try:
            bucket_sync.upload(run.results, CACHE)
            bucket_sync.upload(run.results, f"files/{run.id}")
        except RecordError as error:  # the tables are already recorded: a failed upload is only a warning
            console.stage(
                "record", f"{error.what}; every file of the run is in {run.folder} on this machine", "yellow"
            )

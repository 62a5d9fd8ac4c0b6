"""The files of known answers: one for each run that asked, in the results folder and in the bucket."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from flows.run.run_identity import Run
from flows.ui import console
from tasks.config.results_location import ANSWERS, ResultsLocation
from tasks.errors import RecordError
from tasks.record import bucket_sync

UPLOAD_PAUSE_S = 30.0
"""Seconds between two uploads of the answers so far. A killed run leaves in the bucket what was uploaded."""
PAUSE_PER_UPLOAD = 10
"""The pause is at least so many times as long as the upload before it."""


def own_answers(run: Run, key: str) -> Path:
    """Return the file of the answers that a run gets."""
    return run.results.folder / _own_name(run, key)


def earlier_answers(run: Run, key: str) -> tuple[Path, ...]:
    """Return the files of answers that other runs got, oldest first; download those that are in the bucket.

    Raises:
        RecordError: the bucket does not answer or refuses access.
    """
    results = run.results
    bucket_sync.download(results, f"{ANSWERS}/{key}")
    own = own_answers(run, key)
    of_runs = sorted(file for file in results.answers_folder(key).glob("*.jsonl") if file != own)
    of_all = results.folder / ANSWERS / f"{key}.jsonl"  # earlier versions had one file for all runs
    return (of_all, *of_runs) if of_all.is_file() else tuple(of_runs)


def remove_answers(run: Run, key: str) -> None:
    """Remove all known answers, so that everything is asked again. Raises RecordError."""
    for file in earlier_answers(run, key):
        bucket_sync.remove(run.results, file.relative_to(run.results.folder).as_posix())


@contextmanager
def uploaded_answers(run: Run, key: str) -> Iterator[None]:
    """Upload the run's answers during the block and at its end. Does nothing if there is no bucket."""
    if run.results.bucket is None:
        yield
        return
    name, end = _own_name(run, key), threading.Event()
    thread = threading.Thread(target=_upload_until, args=(run.results, name, end), daemon=True)
    thread.start()
    try:
        yield
    finally:
        end.set()
        thread.join()
        try:
            bucket_sync.upload_file(run.results, name)
        except RecordError as error:  # the scores are recorded: only a later run on another machine loses
            console.stage("record", f"{error.what}; the answers are on this machine", "yellow")


def _upload_until(results: ResultsLocation, name: str, end: threading.Event) -> None:
    pause_s = UPLOAD_PAUSE_S
    while not end.wait(pause_s):
        started = time.monotonic()
        with suppress(RecordError):  # the upload at the end reports it
            bucket_sync.upload_file(results, name)
        pause_s = max(UPLOAD_PAUSE_S, PAUSE_PER_UPLOAD * (time.monotonic() - started))


def _own_name(run: Run, key: str) -> str:
    return f"{ANSWERS}/{key}/{run.id}.jsonl"

"""Keeps how a tracker ended in the run's folder, so that a run is tracked at most once."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from tasks.record.parquet_file import write_bytes
from tasks.track.tracked_run import TrackOutcome


def kept_outcome(file: Path) -> TrackOutcome | None:
    """Return the outcome that a file keeps; None if the run is not tracked yet."""
    try:
        outcome = TrackOutcome.model_validate_json(file.read_text(encoding="utf-8"))
    except (OSError, ValidationError):
        return None
    return outcome.model_copy(update={"earlier": True})


def keep_outcome(outcome: TrackOutcome, file: Path) -> None:
    """Write the outcome of a run that is tracked whole; one with a warning may be tracked again.

    A folder that cannot be written keeps nothing: the tracker has the run, and no tracker may fail it.
    """
    if outcome.warning is not None:
        return
    with suppress(OSError):
        write_bytes(outcome.model_dump_json().encode(), file)

"""Finds the recorded run that a new run is compared with."""

from __future__ import annotations

from tasks.record import rows
from tasks.record.results import RunRecord
from tasks.record.store import Store


def previous_run(store: Store, run: RunRecord) -> str | None:
    """Return the id of the newest other completed run of the same spec, model and hardware, or None.

    Raises:
        RecordError: the table of runs cannot be read.
    """
    for row in store.read("runs").sort("started_at", descending=True).iter_rows(named=True):
        candidate = rows.run_of(row)
        completed = candidate.outcome == "completed" and candidate.run_id != run.run_id
        if completed and _subject(candidate) == _subject(run):
            return candidate.run_id
    return None


def _subject(run: RunRecord) -> tuple[object, ...]:
    """Return the properties that two runs must share to be compared."""
    return (run.spec, run.manifest.model, run.manifest.cpu, run.manifest.gpu_names)

"""Finds the run that a new one is held against."""

from __future__ import annotations

from tasks.record import rows
from tasks.record.results import RunRecord
from tasks.record.store import Store


def previous_run(store: Store, run: RunRecord) -> str | None:
    """The newest completed run of the same spec, model and hardware; None where there is none.

    Raises:
        RecordError: the table cannot be read.
    """
    known = [rows.run_of(row) for row in store.read("runs").sort("started_at", descending=True).to_dicts()]
    return next(
        (
            each.run_id
            for each in known
            if each.outcome == "completed" and each.run_id != run.run_id and _alike(each) == _alike(run)
        ),
        None,
    )


def _alike(run: RunRecord) -> tuple[object, ...]:
    return (run.spec, run.manifest.model, run.manifest.cpu, run.manifest.gpu_names)

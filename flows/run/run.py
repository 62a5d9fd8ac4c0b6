"""A run: one execution of one spec, its id, its subject, and where its results go."""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime
from pathlib import Path

from tasks.config.base import Frozen
from tasks.config.results_location import ResultsLocation
from tasks.config.spec import Spec
from tasks.plan.subject import Subject, subject_of


class Run(Frozen):
    """What every stage of one run knows."""

    id: str
    spec: Spec
    subject: Subject
    results: ResultsLocation
    started_at: datetime

    @property
    def folder(self) -> Path:
        """Logs, reports and raw files of this run, beside the tables or, where they lie in a bucket, here."""
        return self.results.folder / "files" / self.id

    @property
    def spec_digest(self) -> str:
        """Tells two versions of a spec apart."""
        return hashlib.sha256(self.spec.model_dump_json().encode()).hexdigest()[:16]


def new_run(spec: Spec, results: ResultsLocation) -> Run:
    """Name a run and find out what it measures. Starts nothing.

    Raises:
        InputError: the spec names an environment, a folder or a model that is not there.
        EndpointError: a running server does not answer.
    """
    now = datetime.now(UTC)
    results = results.model_copy(update={"folder": results.folder.resolve()})
    run_id = f"{now:%Y%m%d-%H%M%S}-{spec.name}-{secrets.token_hex(2)}"
    return Run(id=run_id, spec=spec, subject=subject_of(spec, run_id), results=results, started_at=now)

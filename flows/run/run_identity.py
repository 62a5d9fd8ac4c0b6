"""A run: one execution of one spec, with its id, its subject and its results location."""

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
    """What is fixed before a run measures anything."""

    id: str
    spec: Spec
    subject: Subject
    results: ResultsLocation
    started_at: datetime

    @property
    def folder(self) -> Path:
        """Local folder of the run's logs, report and raw files, beside the tables if those are local too."""
        return self.results.run_folder(self.id)

    @property
    def spec_digest(self) -> str:
        """Differs between two versions of a spec."""
        return hashlib.sha256(self.spec.model_dump_json().encode()).hexdigest()[:16]


def new_run(spec: Spec, results: ResultsLocation) -> Run:
    """Give a run its id and find out what it measures, without starting anything.

    Raises:
        InputError: the spec names an environment, a folder or a model that does not exist.
        EndpointError: a running server does not answer.
    """
    now = datetime.now(UTC)
    results = results.model_copy(update={"folder": results.folder.resolve()})
    run_id = f"{now:%Y%m%d-%H%M%S}-{spec.name}-{secrets.token_hex(2)}"
    return Run(id=run_id, spec=spec, subject=subject_of(spec, run_id), results=results, started_at=now)

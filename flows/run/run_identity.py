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
from tasks.record.resumed_run import resumed_run
from tasks.record.store import Store


class Run(Frozen):
    """What is fixed before a run measures anything."""

    id: str
    spec: Spec
    subject: Subject
    results: ResultsLocation
    started_at: datetime
    resumes: str | None = None
    """The run that this one goes on with, so that its server counts as the same one."""

    @property
    def folder(self) -> Path:
        """Local folder of the run's logs, report and raw files, beside the tables if those are local too."""
        return self.results.run_folder(self.id)

    @property
    def spec_digest(self) -> str:
        """Differs between two versions of a spec."""
        return hashlib.sha256(self.spec.model_dump_json().encode()).hexdigest()[:16]


def new_run(spec: Spec, results: ResultsLocation, resume: str = "") -> Run:
    """Give a run its id and find out what it measures, without starting anything.

    Args:
        spec: what to measure.
        results: where results are.
        resume: the run to go on with, see `resumed_run`; empty: none. A server that does not report its start
            time then counts as the one of that run.

    Raises:
        InputError: the spec names an environment, a folder or a model that does not exist, or there is no run
            to go on with.
        EndpointError: a running server does not answer.
    """
    now = datetime.now(UTC)
    results = results.model_copy(update={"folder": results.folder.resolve()})
    run_id = f"{now:%Y%m%d-%H%M%S}-{spec.name}-{secrets.token_hex(2)}"
    resumes = resumed_run(Store(results), resume, spec.name, spec.server.name) if resume else None
    return Run(
        id=run_id,
        spec=spec,
        subject=subject_of(spec, resumes or run_id),
        results=results,
        started_at=now,
        resumes=resumes,
    )

"""A run that begins before Prefect's own server answers: it is recorded, and its server starts meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from flows.run.run_identity import Run
from flows.run.run_record import record_outcome
from flows.run.run_warnings import RunWarnings
from flows.run.server_launch import launch_early
from flows.run.synced_bucket import synced_bucket
from tasks.plan.plan import Plan


@dataclass(frozen=True)
class BegunRun:
    """A run that is recorded as running, and its plan."""

    run: Run
    plan: Plan
    warnings: RunWarnings


_begun: ContextVar[BegunRun | None] = ContextVar("begun_run", default=None)


def begun_run() -> BegunRun | None:
    """Return the run that was begun for the flow that calls this; None if the flow begins one itself."""
    return _begun.get()


@contextmanager
def begin_run(run: Run, plan: Plan) -> Iterator[None]:
    """Record a run and start its server; the flow that is called inside the block goes on with it."""
    with _recorded(run) as warnings, launch_early(run, warnings):
        token = _begun.set(BegunRun(run, plan, warnings))
        try:
            yield
        finally:
            _begun.reset(token)


@contextmanager
def recording(run: Run) -> Iterator[RunWarnings]:
    """Record how a run ends, unless `begin_run` does so already. Yields the run's warnings."""
    begun = begun_run()
    if begun:
        yield begun.warnings
        return
    with _recorded(run) as warnings:
        yield warnings


@contextmanager
def _recorded(run: Run) -> Iterator[RunWarnings]:
    with synced_bucket(run), record_outcome(run) as warnings:
        yield warnings

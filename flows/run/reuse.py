"""One entry of the plan, measured or reused: what load points and question sets have in common."""

from __future__ import annotations

from typing import Any, Protocol, TypeVar, cast

from prefect import Task

from flows.run.cache import forget, with_cache
from flows.run.context import Run
from flows.run.server import ServerSession
from flows.ui import console
from tasks.errors import MeasureError


class Found(Protocol):
    """What was recorded, and by which run."""

    @property
    def run_id(self) -> str: ...


class Planned(Protocol):
    """An entry of the plan."""

    @property
    def key(self) -> str: ...


Entry = TypeVar("Entry", bound=Planned)
Recorded = TypeVar("Recorded", bound=Found)


class UnusableResult(MeasureError):
    """What there is of it is recorded but not kept: it fails this run, and the next measures it again."""

    def __init__(self, what: str, remedy: str, recorded: Any) -> None:
        super().__init__(what, remedy)
        self.recorded = recorded


def measured_or_reused(
    task: Task[[Entry, Run, ServerSession, int, str], Recorded],
    entry: Entry,
    run: Run,
    session: ServerSession,
    refresh: bool,
    stage: str,
    label: str,
) -> Recorded:
    """The entry as its task measures it, on a restarted server where that died, or as the cache has it."""
    measure = with_cache(task, run.results, refresh)

    def attempt_at(attempt: int) -> Recorded:
        return measure(entry, run, session, attempt, label if attempt == 1 else f"{label} attempt {attempt}")

    try:
        recorded = session.measured(attempt_at)
    except UnusableResult as flawed:
        forget(run.results, entry.key)
        console.stage(stage, flawed.what, "red")
        return cast(Recorded, flawed.recorded)
    if recorded.run_id != run.id:
        console.stage(stage, f"{label} · reused from {recorded.run_id}")
    return recorded

"""Measures an entry of the plan, or reuses its result from Prefect's cache, which is next to the tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, Protocol, TypeVar, cast

from prefect import Task
from prefect.cache_policies import CacheKeyFnPolicy
from prefect.context import TaskRunContext
from prefect.filesystems import LocalFileSystem
from prefect.results import ResultStore

from flows.run.context import RunContext
from flows.run.run_server import RunServer
from flows.ui import console
from tasks.config.results_location import CACHE, ResultsLocation
from tasks.errors import MeasureError, ServerDied
from tasks.record import bucket_sync


class HasKey(Protocol):
    """An entry of the plan."""

    @property
    def key(self) -> str: ...


class HasRunId(Protocol):
    """Recorded figures, with the ID of the run that measured them."""

    @property
    def run_id(self) -> str: ...


P = ParamSpec("P")
Result = TypeVar("Result")
Entry = TypeVar("Entry", bound=HasKey)
Recorded = TypeVar("Recorded", bound=HasRunId)


class UnusableResult(MeasureError):
    """The result is recorded but not cached, so that the next run measures the entry again."""

    def __init__(self, what: str, remedy: str, recorded: Any) -> None:
        super().__init__(what, remedy)
        self.recorded = recorded


def measured_or_reused(
    context: RunContext,
    task: Task[[Entry, RunContext, int, str], Recorded],
    entry: Entry,
    stage: str,
    label: str,
) -> Recorded:
    """Return the cached result of an entry, or measure the entry.

    If the new result is unusable, the cache keeps no result of the entry.

    Args:
        context: the run, and whether cached results are ignored.
        task: measures the entry; called with entry, context, number of the attempt, and label.
        entry: what to measure.
        stage: the stage under which the terminal shows the entry's lines.
        label: the entry's name on the terminal and in Prefect's UI.

    Raises:
        ServerDied: the server died for the second time in this run.
    """
    cached_task = with_cache(task, entry.key, context.run.results, context.refresh)

    def measure(attempt: int) -> Recorded:
        return cached_task(entry, context, attempt, label if attempt == 1 else f"{label} attempt {attempt}")

    try:
        recorded = measure_with_restart(context.server, measure)
    except UnusableResult as unusable:
        remove_from_cache(context.run.results, entry.key)
        console.stage(stage, unusable.what, "red")
        return cast(Recorded, unusable.recorded)
    if recorded.run_id != context.run.id:
        console.stage(stage, f"{label} · reused from {recorded.run_id}")
    return recorded


def measure_with_restart(server: RunServer, measure: Callable[[int], Result]) -> Result:
    """Return `measure(1)`; if the server dies during it, restart the server and return `measure(2)`.

    Raises:
        ServerDied: the server died for the second time in this run.
    """
    try:
        with server.watched():
            return measure(1)
    except ServerDied as died:
        server.restart(died)
    with server.watched():
        return measure(2)


def with_cache(
    task: Task[P, Result], key: str, results: ResultsLocation, refresh: bool
) -> Callable[P, Result]:
    """Return the task with its result cached under `key`. `refresh` ignores and replaces a cached result."""

    def cache_key(task_run: TaskRunContext, parameters: dict[str, Any]) -> str:
        return key

    folder = results.cache_folder
    folder.mkdir(parents=True, exist_ok=True)
    cached_task = task.with_options(
        cache_policy=CacheKeyFnPolicy(cache_key_fn=cache_key),
        refresh_cache=refresh,
        persist_result=True,
        result_serializer="json",
        result_storage=folder,
    )
    return cast(Callable[P, Result], cached_task)


def is_cached(results: ResultsLocation, key: str) -> bool:
    """Return whether the cache holds a result under this key."""
    folder = results.cache_folder
    return folder.is_dir() and ResultStore(result_storage=LocalFileSystem(basepath=str(folder))).exists(key)


def is_reusable(results: ResultsLocation, refresh: bool, key: str) -> bool:
    """Return whether an entry with this key needs no measurement in this run."""
    return not refresh and is_cached(results, key)


def remove_from_cache(results: ResultsLocation, key: str) -> None:
    """Remove a cached result, so that no run reuses it after a newer measurement failed."""
    bucket_sync.remove(results, f"{CACHE}/{key}")

"""Measures an entry of the plan, or reuses its figures from the cache beside the tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, Protocol, TypeVar, cast

from flows.run.context import RunContext
from flows.run.figure_cache import cached_figure, remove_from_cache
from flows.run.flow_task import FlowTask, in_flow
from flows.run.run_server import RunServer
from flows.ui import console
from tasks.errors import MeasureError, ServerDied


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
    task: FlowTask[[Entry, RunContext, int, str], Recorded],
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
    cached_task = with_cache(task, entry.key, context)

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


def with_cache(task: FlowTask[P, Result], key: str, context: RunContext) -> Callable[P, Result]:
    """Return the task with its result cached under `key`. `context.refresh` replaces a cached result.

    Outside a flow, a cached result is only read.
    """
    if in_flow():
        return _with_prefects_cache(task, key, context)

    def read_or_call(*args: P.args, **kwargs: P.kwargs) -> Result:
        return cached_figure(context.run.results, key, task.result_type) or task(*args, **kwargs)

    return read_or_call


def _with_prefects_cache(task: FlowTask[P, Result], key: str, context: RunContext) -> Callable[P, Result]:
    from prefect.cache_policies import CacheKeyFnPolicy
    from prefect.context import TaskRunContext

    def cache_key(task_run: TaskRunContext, parameters: dict[str, Any]) -> str:
        return key

    folder = context.run.results.cache_folder
    folder.mkdir(parents=True, exist_ok=True)
    cached_task = task.prefect_task.with_options(
        cache_policy=CacheKeyFnPolicy(cache_key_fn=cache_key),
        refresh_cache=context.refresh,
        persist_result=True,
        result_serializer="json",
        result_storage=folder,
    )
    return cast(Callable[P, Result], cached_task)

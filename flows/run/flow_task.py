"""The decorator of a run's tasks: a task of Prefect inside a flow, the plain function outside one.

A run that measures nothing is no flow. It imports no Prefect and starts no server, which takes ten seconds.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar, cast, get_type_hints

if TYPE_CHECKING:
    from prefect import Task

P = ParamSpec("P")
Result = TypeVar("Result")


def in_flow() -> bool:
    """Return whether Prefect runs the calling code in a flow."""
    if "prefect" not in sys.modules:
        return False
    from prefect.context import FlowRunContext

    return FlowRunContext.get() is not None


class FlowTask(Generic[P, Result]):
    """A function that is a task of the flow that calls it. Its result is not cached."""

    def __init__(self, function: Callable[P, Result], options: dict[str, Any]) -> None:
        self.function, self._options = function, options

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Result:
        """Run the task in a flow; call the function elsewhere."""
        return self.prefect_task(*args, **kwargs) if in_flow() else self.function(*args, **kwargs)

    @property
    def result_type(self) -> type[Result]:
        """The type that the function returns."""
        return cast(type[Result], get_type_hints(self.function)["return"])

    @cached_property
    def prefect_task(self) -> Task[P, Result]:
        """The task of Prefect."""
        import prefect
        from prefect.cache_policies import NO_CACHE

        decorate = prefect.task(cache_policy=NO_CACHE, **self._options)
        return cast("Task[P, Result]", decorate(self.function))


def task(**options: Any) -> Callable[[Callable[P, Result]], FlowTask[P, Result]]:
    """Make a function a task. The options are those of Prefect's decorator, without a cache."""

    def decorate(function: Callable[P, Result]) -> FlowTask[P, Result]:
        return FlowTask(function, options)

    return decorate

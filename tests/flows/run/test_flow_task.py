"""A task is a task of Prefect in a flow, and the plain function outside one."""

from __future__ import annotations

import pytest
from prefect import flow
from prefect.context import TaskRunContext

from flows.run.flow_task import in_flow, task


@task(name="double", task_run_name="double {number}")
def double(number: int) -> tuple[int, str | None]:
    """Return the double, and the name of the task that runs."""
    running = TaskRunContext.get()
    return 2 * number, running.task_run.name if running else None


def test_outside_a_flow_the_function_is_called() -> None:
    assert not in_flow()
    assert double(2) == (4, None)


@pytest.mark.usefixtures("api")
def test_in_a_flow_the_task_runs() -> None:
    @flow
    def run() -> tuple[int, str | None]:
        assert in_flow()
        return double(2)

    assert run() == (4, "double 2")


def test_the_type_of_a_result_is_known() -> None:
    assert double.result_type == tuple[int, str | None]

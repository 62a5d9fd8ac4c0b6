"""Provisioning as Prefect tasks, retried with growing pauses where the error says that this may help."""

from __future__ import annotations

from typing import Any

from flows.run.flow_task import task
from tasks.config.server import ManagedServer
from tasks.errors import ServegaugeError
from tasks.provision.environment import provide_environment
from tasks.provision.model import provide_model
from tasks.provision.provisioned import Environment, Model

PAUSES_S = [2.0, 10.0, 30.0]


def is_retried(task: Any, task_run: Any, state: Any) -> bool:
    """Whether a failed task is tried again: only for the errors that say so, never for wrong input."""
    error = state.result(raise_on_failure=False)
    return isinstance(error, ServegaugeError) and error.retried


@task(
    name="provision environment",
    task_run_name="environment {name}",
    retries=len(PAUSES_S),
    retry_delay_seconds=PAUSES_S,
    retry_condition_fn=is_retried,
)
def provision_environment(server: ManagedServer, name: str | None) -> Environment:
    """Build the serving environment, or reuse it."""
    return provide_environment(server, name)


@task(
    name="provision model",
    task_run_name="model {server.model}",
    retries=len(PAUSES_S),
    retry_delay_seconds=PAUSES_S,
    retry_condition_fn=is_retried,
)
def provision_model(server: ManagedServer, environment: Environment) -> Model:
    """Download, find or generate the model."""
    return provide_model(server, environment)

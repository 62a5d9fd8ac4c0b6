"""One spec over models x environments x hosts: a run each through the deployment, then one comparison."""

from __future__ import annotations

import time
from itertools import product
from pathlib import Path
from typing import Annotated
from uuid import UUID

from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun
from prefect.deployments import run_deployment
from pydantic import Field

from flows import form, show, story
from flows.compare import compare
from tasks.errors import MeasureError

Names = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=500)]], Field(min_length=1, max_length=50)
]
PAUSE_S = 2.0


@flow(name="matrix", flow_run_name="{spec}", log_prints=False)
def matrix(
    spec: form.SpecChoice = "smoke",
    models: Names | None = None,
    environments: Names | None = None,
    hosts: Names | None = None,
    overrides: form.Overrides = None,
    results: form.Results = form.RESULTS,
    refresh: bool = False,
) -> list[str]:
    """Run a spec for every combination, wait for all, record their comparison; returns the runs' ids.

    Args:
        spec: What to measure: a bundled spec, or the path of a YAML file that every host sees.
        models: Hub ids, folders or synthetic:gpt-oss; the spec's own where none is given.
        environments: Serving environments; the spec's own where none is given.
        hosts: Queues of the machines to measure on; whichever machine is free where none is given.
        overrides: Anything else of the spec, as path.to.field=value; applied last.
        results: A folder that every host sees.
        refresh: Measure again what is recorded already.

    Raises:
        MeasureError: a run did not complete; the others are compared.
    """
    started = []
    axes: list[list[str | None]] = [[*axis] if axis else [None] for axis in (models, environments, hosts)]
    for model, environment, host in product(*axes):
        extra = [f"environment={environment}"] if environment else []
        parameters = {
            "spec": spec,
            "model": model,
            "overrides": [*extra, *(overrides or [])],
            "results": results,
            "refresh": refresh,
        }
        run = run_deployment(
            "benchmark/benchmark", parameters=parameters, work_queue_name=host or "default", timeout=0
        )
        assert isinstance(run, FlowRun)  # a coroutine only where a loop runs
        show.stage("matrix", f"{model or spec} in {environment or 'its environment'} on {host or 'any host'}")
        started.append(run.id)
    ended = [_ended(run) for run in started]
    ids = [str(run.labels[story.RUN_LABEL]) for run in ended if story.RUN_LABEL in run.labels]
    if len(ids) > 1:
        compare(ids, results=str(Path(results)))
    failed = [run.name for run in ended if not (run.state and run.state.is_completed())]
    if failed:
        raise MeasureError(
            f"{len(failed)} of {len(ended)} runs did not complete", f"read {', '.join(failed)}"
        )
    return ids


def _ended(run_id: UUID) -> FlowRun:
    """The run once it is over; however long it stands in line."""
    with get_client(sync_client=True) as client:
        while True:
            run = client.read_flow_run(run_id)
            if run.state and run.state.is_final():
                return run
            time.sleep(PAUSE_S)

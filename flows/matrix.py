"""One spec over models x environments x hosts: a run each through the deployment, then one comparison."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import product
from typing import Annotated
from uuid import UUID

from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.deployments import run_deployment
from pydantic import Field

from flows import parameters
from flows.compare import MOST_RUNS, compare
from flows.run.block_settings import with_results
from flows.run.worker_watch import end_with_worker
from flows.ui import artifacts, console
from operate.work_pool import POOL
from tasks.config.results_location import results_location
from tasks.config.spec_file import load_spec
from tasks.errors import InputError, MeasureError

Names = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=500)]], Field(min_length=1, max_length=50)
]
Combination = tuple[str | None, ...]
"""Model, environment, host; None leaves it open."""
PAUSE_S = 2.0


@flow(name="matrix", flow_run_name="{spec}", log_prints=False)
def matrix(
    spec: parameters.SpecChoice = "smoke",
    models: Names | None = None,
    environments: Names | None = None,
    hosts: Names | None = None,
    overrides: parameters.Overrides = None,
    results: parameters.Results = parameters.RESULTS,
    refresh: bool = False,
) -> list[str]:
    """Run a spec for every combination, wait for all, record their comparison; returns the runs' ids.

    Args:
        spec: What to measure: a bundled spec, or the path of a YAML file that every host sees.
        models: Hub ids, folders or synthetic:gpt-oss; the spec's own where none is given.
        environments: Serving environments; the spec's own where none is given.
        hosts: Queues of the machines to measure on, each anew; whichever machine is free where none is given.
        overrides: Anything else of the spec, as path.to.field=value; applied last.
        results: A folder that every host sees, or an s3:// address.
        refresh: Measure again what is recorded already.

    Raises:
        InputError: more combinations than a comparison holds, or a host without a queue; nothing is started.
        MeasureError: a run did not complete; the others are compared.
    """
    axes: list[list[str | None]] = [[*axis] if axis else [None] for axis in (models, environments, hosts)]
    combinations = list(product(*axes))
    # Machines that are alike have the same keys: one's figures would stand for another's.
    apart = len(set(hosts or ())) > 1
    with end_with_worker(), artifacts.report_failure():
        _check(len(combinations), hosts or [])
        with _cancelled_with_us() as started:
            for combination in combinations:
                started.append(_start(combination, spec, overrides or [], results, refresh or apart))
            ended = [_ended(run) for run in started]
        with with_results(load_spec(spec, overrides or ()).blocks, results_location(results)) as place:
            return _compared(ended, str(place))


def _check(combinations: int, hosts: Sequence[str]) -> None:
    if combinations > MOST_RUNS:
        raise InputError(
            f"{combinations} combinations, and a comparison holds {MOST_RUNS} runs", "start several matrices"
        )
    with get_client(sync_client=True) as client:
        queues = {queue.name for queue in client.read_work_queues(work_pool_name=POOL)}
    if missing := [host for host in hosts if host not in queues]:
        # Prefect would make the queue, and the run would wait in it for a worker that never comes.
        raise InputError(
            f"no machine has the queue {', '.join(missing)}", f"give hosts among {', '.join(sorted(queues))}"
        )


def _start(
    combination: Combination, spec: str, overrides: Sequence[str], results: str, refresh: bool
) -> UUID:
    model, environment, host = combination
    extra = [f"environment={environment}"] if environment else []
    parameters = {
        "spec": spec,
        "model": model,
        "overrides": [*extra, *overrides],
        "results": results,
        "refresh": refresh,
    }
    run = run_deployment(
        "benchmark/benchmark", parameters=parameters, work_queue_name=host or "default", timeout=0
    )
    assert isinstance(run, FlowRun)  # a coroutine only where a loop runs
    console.stage("matrix", f"{model or spec} in {environment or 'its environment'} on {host or 'any host'}")
    return run.id


@contextmanager
def _cancelled_with_us() -> Iterator[list[UUID]]:
    """The runs that are put in are cancelled where the block is left early, by whatever."""
    started: list[UUID] = []
    try:
        yield started
    except BaseException:
        with get_client(sync_client=True) as client:
            for run in started:
                state = client.read_flow_run(run).state
                if state and not state.is_final():
                    client.set_flow_run_state(run, State(type=StateType.CANCELLING))
        raise


def _compared(ended: Sequence[FlowRun], results: str) -> list[str]:
    ids = [str(run.labels[artifacts.RUN_LABEL]) for run in ended if artifacts.RUN_LABEL in run.labels]
    if len(ids) > 1:
        compare(ids, results=results)
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

"""The flow `matrix`: runs one spec for every combination of model, environment and host, and compares."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Any
from uuid import UUID

from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.deployments import run_deployment
from prefect.runtime import flow_run

from flows import parameters
from flows.compare import compare
from flows.run.block_settings import with_results
from flows.run.report_failure import RUN_LABEL, report_failure
from flows.run.worker_watch import end_with_worker
from flows.ui import console
from flows.ui.run_name import run_name
from operate.work_pool import POOL
from tasks.config.base import Frozen
from tasks.config.spec import Spec
from tasks.errors import InputError, MeasureError
from tasks.report.comparison.judged_runs import MOST_RUNS

POLL_INTERVAL_S = 2.0


class Combination(Frozen):
    """One run of the matrix. An empty text: the spec's own model or environment, any free machine."""

    model: str
    environment: str
    host: str


def variants_of(combinations: Sequence[Combination]) -> list[str]:
    """Name each combination by what differs among them, such as `vllm-0.9.1 on gpu-box`."""
    models, environments, hosts = (
        len({getattr(combination, axis) for combination in combinations}) > 1
        for axis in ("model", "environment", "host")
    )
    names = []
    for combination in combinations:
        parts = [combination.model] if models else []
        parts += (
            [f"in {combination.environment}" if models else combination.environment] if environments else []
        )
        parts += [f"on {combination.host}" if parts else combination.host] if hosts else []
        names.append(" ".join(parts))
    return names


def _flow_run_name() -> str:
    return run_name(f"matrix of {Path(flow_run.parameters['spec']).stem}")


@flow(name="matrix", flow_run_name=_flow_run_name, log_prints=False)
def matrix(
    spec: parameters.SpecChoice = "smoke",
    models: parameters.Names = (),
    environments: parameters.Names = (),
    hosts: parameters.Names = (),
    overrides: parameters.Overrides = (),
    results: parameters.Results = parameters.RESULTS,
    refresh: bool = False,
) -> list[str]:
    """Run a spec for every combination, wait for all runs, compare them; returns the runs' ids.

    Args:
        spec: What to measure: a bundled spec, or the path of a YAML file that every host sees.
        models: Hub ids, folders or synthetic:gpt-oss. No items: as in the spec.
        environments: Serving environments. No items: as in the spec.
        hosts: Queues of the machines to measure on; several machines reuse no figures. No items: any free
            machine.
        overrides: Any other field of the spec, as path.to.field=value; applied last.
        results: A folder that every host sees, or an s3:// address.
        refresh: Measure again what is recorded already.

    Raises:
        InputError: more combinations than a comparison takes, or a host without a queue; nothing is started.
        MeasureError: a run did not complete; the others are compared.
    """
    combinations = _combinations(models, environments, hosts)
    # Equal machines have the same cache keys: the second one would reuse the figures of the first.
    refresh = refresh or len(set(hosts)) > 1
    common = {"spec": spec, "overrides": [*overrides], "results": results, "refresh": refresh}
    with end_with_worker(), report_failure():
        _check_inputs(len(combinations), hosts)
        chosen_location = parameters.chosen_results(results)
        specs = [_spec_of(combination, common) for combination in combinations]
        with _cancelled_on_error() as started:
            for combination in combinations:
                started.append(_start(combination, common))
            ended = [_wait_for(run) for run in started]
        with with_results(specs[0].blocks, chosen_location) as location:
            return _compare(ended, combinations, str(location))


def _combinations(
    models: parameters.Names, environments: parameters.Names, hosts: parameters.Names
) -> list[Combination]:
    axes: list[Sequence[str]] = [axis or [""] for axis in (models, environments, hosts)]
    return [
        Combination(model=model, environment=environment, host=host)
        for model, environment, host in product(*axes)
    ]


def _spec_of(combination: Combination, common: dict[str, Any]) -> Spec:
    """Return the spec of a run. Raises InputError if it is invalid, or not allowed by the operator."""
    changes = parameters.SpecChanges(model=combination.model)
    return parameters.load_changed_spec(common["spec"], changes, _overrides(combination, common))


def _overrides(combination: Combination, common: dict[str, Any]) -> list[str]:
    """Return the overrides of a run; the caller's own come last."""
    environment = combination.environment
    return [*([f"environment={environment}"] if environment else []), *common["overrides"]]


def _check_inputs(combinations: int, hosts: Sequence[str]) -> None:
    if combinations > MOST_RUNS:
        raise InputError(
            f"{combinations} combinations, but a comparison takes at most {MOST_RUNS} runs",
            "start several matrices",
        )
    with get_client(sync_client=True) as client:
        queues = {queue.name for queue in client.read_work_queues(work_pool_name=POOL)}
    unknown = [host for host in hosts if host not in queues]
    if unknown:
        # Prefect would create the queue, and the run would wait in it for a worker that does not exist.
        raise InputError(
            f"no machine has the queue {', '.join(unknown)}", f"give hosts among {', '.join(sorted(queues))}"
        )


def _start(combination: Combination, common: dict[str, Any]) -> UUID:
    """Start a run of the deployment `benchmark`; return its id. `common`: parameters that all runs share."""
    model, environment, host = combination.model, combination.environment, combination.host
    chosen = {**common, "model": model, "overrides": _overrides(combination, common)}
    run = run_deployment(
        "benchmark/benchmark", parameters=chosen, work_queue_name=host or "default", timeout=0
    )
    assert isinstance(run, FlowRun)  # it is a coroutine only where an event loop runs
    name = model or common["spec"]
    console.stage("matrix", f"{name} in {environment or 'its environment'} on {host or 'any host'}")
    return run.id


@contextmanager
def _cancelled_on_error() -> Iterator[list[UUID]]:
    """Yield a list for the ids of started runs; cancel those that still run if the block raises."""
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


def _wait_for(run_id: UUID) -> FlowRun:
    """Return the run once it has ended. There is no time limit: the run may wait in the queue."""
    with get_client(sync_client=True) as client:
        while True:
            run = client.read_flow_run(run_id)
            if run.state and run.state.is_final():
                return run
            time.sleep(POLL_INTERVAL_S)


def _compare(ended: Sequence[FlowRun], combinations: Sequence[Combination], results: str) -> list[str]:
    """Compare the runs that recorded something; return their ids. Raises MeasureError if a run failed."""
    recorded = [
        (str(run.labels[RUN_LABEL]), variant)
        for run, variant in zip(ended, variants_of(combinations), strict=True)
        if RUN_LABEL in run.labels
    ]
    ids = [run_id for run_id, _ in recorded]
    if len(ids) > 1:
        compare(ids, results=results, variants=[variant for _, variant in recorded if variant])
    failed = [run.name for run in ended if not (run.state and run.state.is_completed())]
    if failed:
        raise MeasureError(
            f"{len(failed)} of {len(ended)} runs did not complete", f"read the logs of {', '.join(failed)}"
        )
    return ids

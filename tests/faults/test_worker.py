"""A Prefect worker ends during its run: no process goes on, and the run's state and its row show the end."""

from __future__ import annotations

import signal
import time
from contextlib import suppress

import psutil
import pytest

from operate.prefect_api import PrefectApi
from operate.work_pool import POOL
from operate.worker import create_gpu_slot
from tasks.config.home import checkout
from tests.faults.case import PROBE_REQUESTS, Case
from tests.faults.run_command import servegauge

END_LIMIT_S = 60.0
HOST = "faulty-worker"
"""Each test names a host of its own: the GPU slot of a killed run stays occupied for a minute."""


@pytest.fixture(scope="module")
def deployment(api: str) -> str:
    """Deploy the benchmark to this machine's queue. Returns the deployment's id."""
    with PrefectApi(api) as prefect, pytest.MonkeyPatch.context() as patch:
        patch.setenv("SERVEGAUGE_HOST", HOST)
        create_gpu_slot(prefect)
        steps = [{"prefect.deployments.steps.set_working_directory": {"directory": str(checkout())}}]
        body = {
            "name": "benchmark",
            "flow_id": prefect.send("POST", "/flows/", {"name": "benchmark"})["id"],
            "entrypoint": "flows/benchmark.py:benchmark",
            "pull_steps": steps,
            "work_pool_name": POOL,
            "work_queue_name": "default",
        }
        return str(prefect.send("POST", "/deployments/", body)["id"])


@pytest.mark.parametrize(
    ("number", "whole_family", "outcomes"),
    [
        (signal.SIGKILL, False, {"stopped"}),
        (signal.SIGTERM, False, {"killed"}),
        (signal.SIGTERM, True, {"killed", "stopped"}),
    ],
)
def test_a_run_ends_with_its_worker(
    case: Case, api: str, deployment: str, number: signal.Signals, whole_family: bool, outcomes: set[str]
) -> None:
    """A killed worker leaves the run to end by itself. A terminated one kills the run before it exits.

    `whole_family`: all descendants get the signal too, guardians included, as from systemd with our unit.
    """
    case.load = ((1, 3), (2, 200))
    parameters = {"spec": case.spec(), "results": str(case.results)}
    host = f"{HOST}-{number.name}-{whole_family}".lower()
    variables = {"PREFECT_WORKER_QUERY_SECONDS": "1", "SERVEGAUGE_HOST": host, "SERVEGAUGE_ALLOW": "all"}
    with (
        PrefectApi(api) as prefect,
        servegauge(case, api, arguments=("worker",), variables=variables) as worker,
    ):
        run = prefect.send("POST", f"/deployments/{deployment}/create_flow_run", {"parameters": parameters})
        case.wait_for_requests(PROBE_REQUESTS + 3 + 3)
        family = psutil.Process(worker.process.pid).children(recursive=True) if whole_family else []
        worker.process.send_signal(number)
        for process in family:
            with suppress(psutil.NoSuchProcess):  # the worker's signal may have ended it
                process.send_signal(number)
        sent_at = time.monotonic()
        worker.wait()
        assert worker.all_ended()
        ended_s = time.monotonic() - sent_at
        print(f"{number.name} of the worker: all processes have ended after {ended_s:.1f} s")
        assert ended_s < END_LIMIT_S
        assert case.all_ended()
        state = prefect.get(f"/flow_runs/{run['id']}")["state"]
    assert state["type"] in {"CRASHED", "FAILED", "CANCELLED"}, worker.stderr()
    assert case.table("runs")["outcome"].to_list()[0] in outcomes
    assert case.table("points").select("concurrency", "succeeded").rows() == [(1, 3)]
    assert case.table("requests").height == 3

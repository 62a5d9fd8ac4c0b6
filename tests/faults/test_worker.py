"""A Prefect worker goes with a run in it: nothing is left, and the run's state and its row say so."""

from __future__ import annotations

import signal
import time

import psutil
import pytest

from operate.prefect_api import PrefectApi
from operate.work_pool import POOL
from operate.worker import create_gpu_slot
from tests.faults.command import command
from tests.faults.driver import PROBE, table
from tests.faults.engine import ROOT, Case

GONE_S = 30.0
HOST = "doomed"
"""Machines of these tests' own, one a test: the place of a killed run stays taken for a minute."""


@pytest.fixture(scope="module")
def deployment(api: str) -> str:
    """The benchmark on this machine's queue; the deployment's id."""
    with PrefectApi(api) as prefect, pytest.MonkeyPatch.context() as patch:
        patch.setenv("SERVEGAUGE_HOST", HOST)
        create_gpu_slot(prefect)
        steps = [{"prefect.deployments.steps.set_working_directory": {"directory": str(ROOT)}}]
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
    ("number", "everyone", "outcomes"),
    [
        (signal.SIGKILL, False, {"stopped"}),
        (signal.SIGTERM, False, {"killed"}),
        (signal.SIGTERM, True, {"killed", "stopped"}),
    ],
)
def test_a_run_ends_with_its_worker(
    case: Case, api: str, deployment: str, number: signal.Signals, everyone: bool, outcomes: set[str]
) -> None:
    """Killed, it leaves the run to end itself; terminated, it kills the run before it goes.

    `everyone`: as systemd does it with our unit, all processes that the worker has are told, guardians too.
    """
    case.load = ((1, 3), (2, 200))
    parameters = {"spec": case.spec(), "results": str(case.results)}
    host = f"{HOST}-{number.name}-{everyone}".lower()
    env = {"PREFECT_WORKER_QUERY_SECONDS": "1", "SERVEGAUGE_HOST": host}
    with PrefectApi(api) as prefect, command(case, api, words=("worker",), **env) as worker:
        run = prefect.send("POST", f"/deployments/{deployment}/create_flow_run", {"parameters": parameters})
        case.asked(PROBE + 3 + 3)
        told = psutil.Process(worker.process.pid).children(recursive=True) if everyone else []
        for process in (worker.process, *told):
            process.send_signal(number)
        moment = time.monotonic()
        worker.ends()
        assert worker.nothing_left()
        print(f"{number.name} of the worker: nothing is left after {time.monotonic() - moment:.1f} s")
        assert time.monotonic() - moment < GONE_S
        assert case.nothing_left()
        state = prefect.get(f"/flow_runs/{run['id']}")["state"]
    assert state["type"] in {"CRASHED", "FAILED", "CANCELLED"}, worker.said()
    assert table(case, "runs")["outcome"].to_list()[0] in outcomes
    assert table(case, "points").select("concurrency", "succeeded").rows() == [(1, 3)]
    assert table(case, "requests").height == 3

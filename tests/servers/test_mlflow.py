"""A real MLflow tracking server: a run is there whole and once, also after a kill in the middle."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tasks.config.trackers import MLflow
from tasks.track.mlflow_api import RUN_ID_TAG
from tasks.track.mlflow_tracker import MLflowTracker, figures_of
from tests.helpers.ports import free_port
from tests.servers.environment import bin_of
from tests.servers.running import running
from tests.track.made_up_run import made_up_run

pytestmark = pytest.mark.timeout(900)  # the server may have to be installed first
KILLED = """
import os, signal, sys
from pathlib import Path
import httpx
from tasks.config.trackers import MLflow
from tasks.track.mlflow_tracker import MLflowTracker
from tests.track.made_up_run import made_up_run

class KilledAt(httpx.HTTPTransport):
    def handle_request(self, request):
        if request.url.path.endswith(sys.argv[2]):
            os.kill(os.getpid(), signal.SIGKILL)
        return super().handle_request(request)

run = made_up_run(run_id=sys.argv[3])
MLflowTracker(MLflow(uri=sys.argv[1]), KilledAt()).on_run_end(run, Path("unused"))
"""
"""Tracks a run of an id at an address, and is killed at a call."""


@pytest.fixture(scope="module")
def uri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server of this module."""
    folder, port = tmp_path_factory.mktemp("mlflow"), free_port()
    address = f"http://127.0.0.1:{port}"
    command = (
        *(str(bin_of("mlflow") / "mlflow"), "server", "--host", "127.0.0.1", "--port", str(port)),
        *("--workers", "1", "--backend-store-uri", f"sqlite:///{folder / 'runs.db'}"),
        *("--artifacts-destination", str(folder / "artifacts")),
    )
    variables = {"MLFLOW_DISABLE_TELEMETRY": "true"}
    with running(command, f"{address}/health", folder / "log.txt", variables):
        yield address


def runs_of(uri: str, run_id: str) -> list[dict[str, Any]]:
    """The runs with a servegauge id."""
    api = f"{uri}/api/2.0/mlflow"
    name = {"experiment_name": "perf_benchmark"}
    found = httpx.get(f"{api}/experiments/get-by-name", params=name, trust_env=False).json()
    content = {
        "experiment_ids": [found["experiment"]["experiment_id"]],
        "filter": f"tags.`{RUN_ID_TAG}` = '{run_id}'",
    }
    answer = httpx.post(f"{api}/runs/search", json=content, trust_env=False).json()
    return list(answer.get("runs", []))


def test_a_run_is_there_whole_and_once(uri: str) -> None:
    run = made_up_run(run_id="whole", description="run whole", config=(("model", "m"), ("note", "x" * 9000)))
    tracker = MLflowTracker(MLflow(uri=uri))
    outcomes = [tracker.on_run_end(run, Path("unused")) for _ in range(2)]
    assert [(outcome.warning, outcome.earlier) for outcome in outcomes] == [(None, False), (None, True)]
    assert {outcome.kept for outcome in outcomes} == {len(figures_of(run))}
    (found,) = runs_of(uri, "whole")
    assert (found["info"]["run_name"], found["info"]["status"]) == ("made up", "FINISHED")
    params = {param["key"]: param["value"] for param in found["data"]["params"]}
    assert params == {"model": "m", "note": "x" * 6000}
    query = {"run_id": found["info"]["run_id"], "metric_key": "throughput/TTFT mean ms"}
    history = httpx.get(f"{uri}/api/2.0/mlflow/metrics/get-history", params=query, trust_env=False).json()
    assert {entry["step"] for entry in history["metrics"]} == {1, 8}


@pytest.mark.parametrize("call", ["runs/log-batch", "runs/get", "runs/update"])
def test_a_run_that_was_killed_in_the_middle_is_completed(uri: str, call: str) -> None:
    run_id = call.replace("/", "-")
    killed = subprocess.run([sys.executable, "-c", KILLED, uri, call, run_id], check=False, timeout=120)
    assert killed.returncode == -signal.SIGKILL
    (open_run,) = runs_of(uri, run_id)
    assert open_run["info"]["status"] == "RUNNING"
    outcome = MLflowTracker(MLflow(uri=uri)).on_run_end(made_up_run(run_id=run_id), Path("unused"))
    assert (outcome.warning, outcome.earlier) == (None, False)
    (found,) = runs_of(uri, run_id)
    assert (found["info"]["run_id"], found["info"]["status"]) == (open_run["info"]["run_id"], "FINISHED")
    assert found["info"]["run_id"] == outcome.experiment_id

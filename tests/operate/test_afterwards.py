"""After a run: the notification of a regression, the end of a stuck run, the comparison of a matrix."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import yaml

from tests.helpers.wait import until
from tests.operate.blocks import make_block
from tests.operate.test_api import MISSED
from tests.operate.upper import ROOT, Upped

pytestmark = pytest.mark.long
SHORT_S = 10
"""The shortest limit that Prefect takes, instead of the 36 hours."""


@pytest.fixture
def calls() -> Iterator[tuple[str, list[str]]]:
    """The address of a webhook, and the bodies that it received."""
    bodies: list[str] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(self.rfile.read(int(self.headers["content-length"])).decode())
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    with HTTPServer(("127.0.0.1", 0), Hook) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", bodies
        server.shutdown()


def test_a_regression_calls_the_webhook(up: Upped, quick: str, calls: tuple[str, list[str]]) -> None:
    address, bodies = calls
    make_block(up, "webhook", "servegauge-notify", {"url": address, "method": "POST"})
    env = {**up.env, "PREFECT_API_URL": f"{up.address}/api"}
    argv = (sys.executable, "-m", "cli.main", "deploy")
    output = subprocess.run(argv, env=env, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "a regression is told" in output  # the automation's name
    assert "left out" not in output
    run = up.start({"spec": quick, "only": "speed", "overrides": MISSED})
    assert up.ended(run) == "FAILED", up.logs(run)
    assert until(lambda: bodies)
    body = json.loads(bodies[0])
    assert body["text"].startswith("quick: ")
    assert body["run"] == up.run(run)["labels"]["servegauge.run"]


def test_a_matrix_runs_every_combination_and_compares_them(up: Upped, quick: str) -> None:
    run = up.start({"spec": quick, "hosts": ["default", "default"]}, of="matrix", flow="matrix")
    assert up.ended(run) == "COMPLETED", up.logs(run)
    children = up.post("/flow_runs/filter", {"flow_runs": {"parent_flow_run_id": {"any_": [run]}}})
    (comparison,) = (child for child in children if "compare" in child["name"] or not child["deployment_id"])
    artifacts = up.artifacts(comparison["id"])
    assert "/compared-with-" in artifacts["files"]["data"]
    table = artifacts["comparison-speed"]["data"]
    assert '"Sweep": "throughput"' in table
    assert "(+0.0 %)" in table  # the second run reused the first one's figures


def test_a_run_that_is_stuck_is_cancelled(up: Upped, slow_spec: str) -> None:
    file = ROOT / "deployments" / "automations.yaml"
    automations = yaml.safe_load(file.read_text())
    (limit,) = (automation for automation in automations if "past their limit" in automation["name"])
    soon = (datetime.now(UTC) + timedelta(seconds=12)).isoformat()
    state = {"type": "SCHEDULED", "state_details": {"scheduled_time": soon}}
    run = up.start({"spec": slow_spec, "only": "speed", "refresh": True, "requests": 250}, state=state)
    limit["name"] += " in a test"
    limit["trigger"] |= {"within": SHORT_S, "match": {"prefect.resource.id": f"prefect.flow-run.{run}"}}
    up.post("/automations/", limit)
    assert until(lambda: up.state(run) == "RUNNING", 90, 0.2)
    began = time.monotonic()
    assert up.ended(run) == "CANCELLED", up.logs(run)  # its load would take four minutes
    print(f"cancelled after {time.monotonic() - began:.0f} s of {SHORT_S} s")
    assert time.monotonic() - began >= SHORT_S / 2  # a busy machine may see its beginning late

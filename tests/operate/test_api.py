"""Runs started over the API: what is refused, the documented snippets, the schedule, the queue."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tasks.record.store import Store
from tests.helpers.wait import until
from tests.operate.upper import Upped, snippet

pytestmark = pytest.mark.timeout(900)  # the long tests queue twelve runs
BAD: tuple[tuple[str, Any], ...] = (
    ("spec", "nosuch"),
    ("spec", 3),
    ("spec", None),
    ("spec", ["smoke"]),
    ("only", "speeds"),
    ("only", True),
    ("model", 7),
    ("model", {"name": "x"}),
    ("concurrency", [0]),
    ("concurrency", 4),
    ("concurrency", ["4"]),
    ("concurrency", [1.5]),
    ("concurrency", list(range(1, 30))),
    ("requests", -1),
    ("requests", "many"),
    ("requests", 10_000_000),
    ("reasoning_effort", "highest"),
    ("repeats", -1),
    ("repeats", 101),
    ("overrides", ["no assignment"]),
    ("overrides", "sweeps.0.repeats=3"),
    ("results", ""),
    ("results", "gs://bucket"),
    ("model", "  "),
    ("concurrency", [4, 4]),
    ("refresh", "yes"),
    ("concurency", [1]),
)


def start_snippet(up: Upped, argv: tuple[str, ...], name: str, quick: str) -> subprocess.Popen[str]:
    """Start a snippet as a reader would, with another server and a quicker spec."""
    env = {**up.env, "PREFECT_API_URL": f"{up.address}/api", "SPEC": quick}
    env["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{env['PATH']}"
    pipe = subprocess.PIPE
    return subprocess.Popen((*argv, snippet(name)), env=env, stdout=pipe, stderr=subprocess.STDOUT, text=True)


@dataclass
class Queue:
    """What was started at once: the output and exit code of the snippets, and the ids of runs."""

    curl: tuple[str, int]
    python: tuple[str, int]
    runs: list[str]


@pytest.fixture(scope="module")
def queue(up: Upped, quick: str, every_minute: str) -> Queue:
    """The two snippets and some runs, all started at once, all waited for."""
    number = 10 if os.environ.get("SERVEGAUGE_LONG") else 2
    curl = start_snippet(up, ("bash", "-euo", "pipefail", "-c"), "curl", quick)
    gate = start_snippet(up, (sys.executable, "-c"), "python", quick)
    runs = [up.start({"spec": quick, "refresh": True}, idempotency_key=f"run {n}") for n in range(number)]
    for run in runs:
        up.ended(run, 600)
    outputs = [snippet.communicate(timeout=120)[0] for snippet in (curl, gate)]
    return Queue((outputs[0], curl.returncode), (outputs[1], gate.returncode), runs)


@pytest.mark.parametrize(("field", "value"), BAD, ids=[f"{field}={str(value)[:20]}" for field, value in BAD])
def test_a_bad_parameter_is_refused_by_name_and_makes_no_run(up: Upped, field: str, value: Any) -> None:
    deployment = up.deployment("benchmark")["id"]
    wanted = {"deployments": {"id": {"any_": [deployment]}}}
    before = up.post("/flow_runs/count", wanted)
    answer = up.answer("POST", f"/deployments/{deployment}/create_flow_run", {"parameters": {field: value}})
    assert answer.status_code in {409, 422}, answer.text
    assert f"'{field}" in answer.text
    assert up.post("/flow_runs/count", wanted) == before


def events_of(up: Upped, run: str, name: str) -> list[dict[str, Any]]:
    """The payloads of a run's events of that name."""
    recorded = up.run(run)["labels"]["servegauge.run"]
    return [event for event in up.events(name) if event["run_id"] == recorded]


MISSED = ["gate.objectives=true", "sweeps.0.objectives=[ttft_mean_s <= 0.001]"]
"""A gate that no run against a stub of 10 ms holds."""


def test_a_failed_gate_is_an_event_and_a_cause(up: Upped, quick: str) -> None:
    run = up.start({"spec": quick, "only": "speed", "overrides": MISSED})
    assert up.ended(run) == "FAILED", up.logs(run)
    assert "the gate does not hold" in up.artifacts(run)["failure"]["data"]
    (event,) = until(lambda: events_of(up, run, "servegauge.regression"), 60, 0.2)
    assert event["spec"] == "quick"
    assert "misses its objectives" in event["first"]


def test_requests_that_failed_are_a_cause_and_no_regression(up: Upped, quick: str, engine: Any) -> None:
    engine.faults([{"kind": "error500", "first": 10, "count": 3}])
    try:
        run = up.start({"spec": quick, "only": "speed", "refresh": True})
        assert up.ended(run) == "FAILED", up.logs(run)
    finally:
        engine.faults([])
    assert "measurements failed" in up.artifacts(run)["failure"]["data"]
    (ended,) = until(lambda: events_of(up, run, "servegauge.run.finished"), 60, 0.2)
    assert "requests failed" in " ".join(ended["failures"])
    assert not events_of(up, run, "servegauge.regression")


def test_the_documented_curl_prints_the_figures(queue: Queue) -> None:
    output, code = queue.curl
    assert code == 0, output
    assert "COMPLETED" in output
    assert '"Conc.": "4"' in output


def test_the_documented_python_is_a_gate(queue: Queue) -> None:
    output, code = queue.python
    assert code == 0, output
    assert '"Conc.": "4"' in output


def test_an_idempotency_key_makes_one_run_of_two_requests(up: Upped, quick: str, queue: Queue) -> None:
    assert up.start({"spec": quick}, idempotency_key="run 0") == queue.runs[0]


def test_runs_started_at_once_wait_for_each_other_and_none_is_lost(up: Upped, queue: Queue) -> None:
    assert [up.state(run) for run in queue.runs] == ["COMPLETED"] * len(queue.runs)
    spans = sorted((up.run(run)["start_time"], up.run(run)["end_time"]) for run in queue.runs)
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))
    pages = [up.artifacts(run)["report"]["data"] for run in queue.runs]
    recorded = Store(up.results).read("runs").filter(pl.col("outcome") == "completed")["run_id"].to_list()
    assert [sum(run_id in page for run_id in recorded) for page in pages] == [1] * len(pages)


def test_a_run_has_its_artifacts_and_events(up: Upped, queue: Queue) -> None:
    artifacts = up.artifacts(queue.runs[0])
    assert {"progress", "speed-throughput", "accuracy", "files", "report"} <= set(artifacts)
    assert artifacts["progress"]["data"] == 100
    assert '"Conc.": "4"' in artifacts["speed-throughput"]["data"]
    assert re.fullmatch(r"\S+ · quick · [\d-]+ [\d:]+ UTC", up.run(queue.runs[0])["name"])
    finished = until(lambda: up.events("servegauge.run.finished"), 120, 0.2)
    assert finished[0]["outcome"] == "completed"
    assert finished[0]["output_tokens_per_s"] > 0


STEPS = [
    "plan",
    "health check",
    "throughput c1",
    "throughput c4",
    "aime-format-sample",
    "record",
    "track",
    "report",
]


def test_each_step_of_a_run_is_a_task(up: Upped, queue: Queue) -> None:
    wanted = {"task_runs": {"flow_run_id": {"any_": [queue.runs[0]]}}}
    tasks = up.post("/task_runs/filter", {**wanted, "sort": "EXPECTED_START_TIME_ASC"})
    assert [task["name"] for task in tasks] == STEPS
    assert "Finished in state Completed()" not in up.logs(queue.runs[0]).splitlines()[:-1]


NULLS = dict.fromkeys(("model", "concurrency", "requests", "reasoning_effort", "repeats", "overrides"))


def test_a_caller_that_sends_null_measures_what_the_spec_says_under_its_own_name(
    up: Upped, quick: str
) -> None:
    run = up.start({"spec": quick, "only": "speed", **NULLS}, name="nightly-run")
    assert up.ended(run) == "COMPLETED", up.logs(run)
    assert up.run(run)["name"] == "nightly-run"
    recorded = str(up.run(run)["labels"]["servegauge.run"])
    assert Store(up.results).read("points", recorded)["concurrency"].to_list() == [1, 4]


def test_the_cron_schedule_has_fired(up: Upped, every_minute: str) -> None:
    late = {"deployments": {"id": {"any_": [every_minute]}}, "sort": "EXPECTED_START_TIME_ASC"}

    def fired() -> list[dict[str, Any]]:
        now = datetime.now(UTC).isoformat()
        return [run for run in up.post("/flow_runs/filter", late) if run["expected_start_time"] <= now]

    runs = until(fired, 90, 0.2)
    assert runs, "no run within 90 s of a schedule of every minute"
    up.ask("PATCH", f"/deployments/{every_minute}", {"schedules": []})
    assert runs[0]["auto_scheduled"]
    assert up.ended(runs[0]["id"]) == "COMPLETED", up.logs(runs[0]["id"])

"""Runs started over the API: what is refused, the documented snippets, the schedule, the waiting line."""

from __future__ import annotations

import os
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
from tests.operate.upper import Upped, snippet, until

pytestmark = pytest.mark.timeout(900)  # twelve runs in line, where the long tests are wanted
BAD: tuple[tuple[str, Any], ...] = (
    ("spec", "nosuch"),
    ("spec", 3),
    ("spec", None),
    ("spec", ["smoke"]),
    ("only", "speeds"),
    ("only", True),
    ("model", ""),
    ("model", 7),
    ("model", {"name": "x"}),
    ("concurrency", []),
    ("concurrency", [0]),
    ("concurrency", 4),
    ("concurrency", ["4"]),
    ("concurrency", [1.5]),
    ("concurrency", list(range(1, 30))),
    ("requests", 0),
    ("requests", "many"),
    ("requests", 10_000_000),
    ("reasoning_effort", "highest"),
    ("repeats", 0),
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


def read_along(up: Upped, argv: tuple[str, ...], name: str, quick: str) -> subprocess.Popen[str]:
    """Start a snippet as a reader would, with another server and a quicker spec."""
    env = {**up.env, "PREFECT_API_URL": f"{up.address}/api", "SPEC": quick}
    env["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{env['PATH']}"
    pipe = subprocess.PIPE
    return subprocess.Popen((*argv, snippet(name)), env=env, stdout=pipe, stderr=subprocess.STDOUT, text=True)


@dataclass
class Line:
    """What was started at once: the output and exit code of the snippets, and the ids of runs."""

    curl: tuple[str, int]
    python: tuple[str, int]
    runs: list[str]


@pytest.fixture(scope="module")
def line(up: Upped, quick: str, every_minute: str) -> Line:
    """The two snippets and some runs, all started at once, all waited for."""
    number = 10 if os.environ.get("SERVEGAUGE_LONG") else 2
    curl = read_along(up, ("bash", "-euo", "pipefail", "-c"), "curl", quick)
    gate = read_along(up, (sys.executable, "-c"), "python", quick)
    runs = [up.start({"spec": quick, "refresh": True}, idempotency_key=f"run {n}") for n in range(number)]
    for run in runs:
        up.ended(run, 600)
    told = [snippet.communicate(timeout=120)[0] for snippet in (curl, gate)]
    return Line((told[0], curl.returncode), (told[1], gate.returncode), runs)


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
    return [told for told in up.events(name) if told["run_id"] == recorded]


MISSED = ["gate.objectives=true", "sweeps.0.objectives=[ttft_mean_s <= 0.001]"]
"""A gate that no run against a stub of 10 ms holds."""


def test_a_failed_gate_is_an_event_and_a_cause(up: Upped, quick: str) -> None:
    run = up.start({"spec": quick, "only": "speed", "overrides": MISSED})
    assert up.ended(run) == "FAILED", up.logs(run)
    assert "the gate does not hold" in up.artifacts(run)["failure"]["data"]
    (told,) = until(lambda: events_of(up, run, "servegauge.regression"), 60)
    assert told["spec"] == "quick"
    assert "misses its objectives" in told["first"]


def test_requests_that_failed_are_a_cause_and_no_regression(up: Upped, quick: str, engine: Any) -> None:
    engine.faults([{"kind": "error500", "first": 10, "count": 3}])
    try:
        run = up.start({"spec": quick, "only": "speed", "refresh": True})
        assert up.ended(run) == "FAILED", up.logs(run)
    finally:
        engine.faults([])
    assert "measurements failed" in up.artifacts(run)["failure"]["data"]
    (ended,) = until(lambda: events_of(up, run, "servegauge.run.finished"), 60)
    assert "requests failed" in " ".join(ended["failures"])
    assert not events_of(up, run, "servegauge.regression")


def test_the_documented_curl_prints_the_figures(line: Line) -> None:
    told, code = line.curl
    assert code == 0, told
    assert "COMPLETED" in told
    assert '"Conc.": "4"' in told


def test_the_documented_python_is_a_gate(line: Line) -> None:
    told, code = line.python
    assert code == 0, told
    assert '"Conc.": "4"' in told


def test_an_idempotency_key_makes_one_run_of_two_requests(up: Upped, quick: str, line: Line) -> None:
    assert up.start({"spec": quick}, idempotency_key="run 0") == line.runs[0]


def test_runs_started_at_once_wait_for_each_other_and_none_is_lost(up: Upped, line: Line) -> None:
    assert [up.state(run) for run in line.runs] == ["COMPLETED"] * len(line.runs)
    spans = sorted((up.run(run)["start_time"], up.run(run)["end_time"]) for run in line.runs)
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))
    pages = [up.artifacts(run)["report"]["data"] for run in line.runs]
    recorded = Store(up.results).read("runs").filter(pl.col("outcome") == "completed")["run_id"].to_list()
    assert [sum(run_id in page for run_id in recorded) for page in pages] == [1] * len(pages)


def test_a_run_leaves_its_story(up: Upped, line: Line) -> None:
    artifacts = up.artifacts(line.runs[0])
    assert {"progress", "sweep-throughput", "scores", "files", "report"} <= set(artifacts)
    assert artifacts["progress"]["data"] == 100
    assert '"Conc.": "4"' in artifacts["sweep-throughput"]["data"]
    assert up.run(line.runs[0])["name"] == "quick"
    finished = until(lambda: up.events("servegauge.run.finished"))
    assert finished[0]["outcome"] == "completed"
    assert finished[0]["output_tokens_per_s"] > 0


def test_the_cron_schedule_has_fired(up: Upped, every_minute: str) -> None:
    late = {"deployments": {"id": {"any_": [every_minute]}}, "sort": "EXPECTED_START_TIME_ASC"}

    def fired() -> list[dict[str, Any]]:
        now = datetime.now(UTC).isoformat()
        return [run for run in up.post("/flow_runs/filter", late) if run["expected_start_time"] <= now]

    runs = until(fired, 90)
    assert runs, "no run within 90 s of a schedule of every minute"
    up.ask("PATCH", f"/deployments/{every_minute}", {"schedules": []})
    assert runs[0]["auto_scheduled"]
    assert up.ended(runs[0]["id"]) == "COMPLETED", up.logs(runs[0]["id"])

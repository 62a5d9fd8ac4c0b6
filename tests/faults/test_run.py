"""The run itself gets a signal: its server ends with it, and what was recorded stays."""

from __future__ import annotations

import os
import signal

import polars as pl
import pytest

from tests.faults.case import PROBE_REQUESTS, Case
from tests.faults.run_command import path_with_startup_code, servegauge
from tests.helpers.wait import until

STAYS_IN_ITS_REPORT = """
import pathlib, sys, time
def stay(event, args):
    if event == "os.rename" and str(args[1]).endswith("report.html"):
        pathlib.Path({reached!r}).touch()
        time.sleep(600)
sys.addaudithook(stay)
"""
"""Makes a run stay where its report is made, but not in its place yet."""

ENDS: dict[str, tuple[tuple[signal.Signals, ...], int, str]] = {
    "killed": ((signal.SIGKILL,), -signal.SIGKILL, "killed"),
    "terminated": ((signal.SIGTERM,), 143, "stopped"),
    "interrupted twice": ((signal.SIGINT, signal.SIGINT), 130, "stopped"),
    "hung up": ((signal.SIGHUP,), 143, "stopped"),
}
"""Signals, exit code, and the outcome in the table."""


@pytest.mark.parametrize("name", ENDS)
def test_a_run_is_ended_while_its_server_starts(name: str, case: Case, api: str) -> None:
    signals, code, outcome = ENDS[name]
    case.env, case.server = {"FAKE_BEHAVIOUR": "hang"}, {"startup_timeout_s": 600}
    with servegauge(case, api) as run:
        assert until((case.state / "pids-1.json").exists, 120), run.process.poll()
        run.send(*signals)
        exit_code, output = run.wait(), run.stderr()
        assert exit_code == code, output
        assert "Traceback" not in output
        assert case.all_ended()
        assert run.all_ended()
    assert case.table("runs")["outcome"].to_list() == [outcome]
    assert case.table("runs")["finished_at"].null_count() == 0


def test_killed_while_it_measures_and_run_again(case: Case, api: str) -> None:
    with servegauge(case, api) as run:
        case.wait_for_requests(PROBE_REQUESTS + 3 + 3)
        os.kill(run.process.pid, signal.SIGKILL)
        run.wait()
        assert case.all_ended()
        assert run.all_ended()  # its measuring process too
        first = case.table("points")
        assert first.select("concurrency", "succeeded").rows() == [(1, 3)]
    with servegauge(case, api) as again:
        assert again.wait() == 0
    points = case.table("points").filter(~pl.col("run_id").is_in(first["run_id"].implode()))
    assert sorted(points.select("concurrency", "reused").rows()) == [(1, True), (2, False)]
    assert case.table("requests").height == 3 + 12


def test_killed_while_it_reports(case: Case, api: str) -> None:
    """Everything is recorded by then: the outcome stays, and the report can be made again."""
    case.load = ((1, 3),)
    reached = case.folder / "reached"
    path = path_with_startup_code(case.folder / "site", STAYS_IN_ITS_REPORT.format(reached=str(reached)))
    with servegauge(case, api, variables={"PYTHONPATH": path}) as run:
        assert until(reached.exists, 120), run.process.poll()
        assert case.table("runs")["outcome"].to_list() == ["completed"]
        assert not list(case.results.rglob("report.html"))
        os.kill(run.process.pid, signal.SIGKILL)
        assert run.wait() == -signal.SIGKILL
        assert run.all_ended()
    assert case.table("runs")["outcome"].to_list() == ["completed"]
    with servegauge(case, api, arguments=("report", "last", "--results", str(case.results))) as again:
        assert again.wait() == 0, again.stderr()
    assert list(case.results.rglob("report.html"))

"""The run itself is ended from outside: its server goes with it, and what was recorded stays."""

from __future__ import annotations

import os
import signal

import pytest

from tests.faults.command import command, end_of
from tests.faults.driver import PROBE, table
from tests.faults.engine import Case, until

ENDS: dict[str, tuple[tuple[signal.Signals, ...], int, str]] = {
    "killed": ((signal.SIGKILL,), -signal.SIGKILL, "killed"),
    "terminated": ((signal.SIGTERM,), 143, "stopped"),
    "interrupted twice": ((signal.SIGINT, signal.SIGINT), 130, "stopped"),
    "hung up": ((signal.SIGHUP,), 143, "stopped"),
}
"""Signals, exit code, and the outcome in the table."""


@pytest.mark.parametrize("name", ENDS)
def test_while_the_server_starts(name: str, case: Case, api: str) -> None:
    numbers, code, outcome = ENDS[name]
    case.env, case.server = {"FAKE_MANNERS": "hang"}, {"startup_timeout_s": 600}
    with command(case, api) as run:
        assert until((case.state / "pids-1.json").exists, 120), run.process.poll()
        end_of(run, *numbers)
        ended, said = run.ends(), run.said()
        assert ended == code, said
        assert "Traceback" not in said
        assert case.nothing_left()
        assert run.nothing_left()
    assert table(case, "runs")["outcome"].to_list() == [outcome]
    assert table(case, "runs")["finished_at"].null_count() == 0


def test_killed_while_it_measures_and_run_again(case: Case, api: str) -> None:
    with command(case, api) as run:
        case.asked(PROBE + 3 + 3)
        os.kill(run.process.pid, signal.SIGKILL)
        run.ends()
        assert case.nothing_left()
        assert run.nothing_left()  # its measuring process too
        first = table(case, "points")
        assert first.select("concurrency", "succeeded").rows() == [(1, 3)]
    with command(case, api) as again:
        assert again.ends() == 0
    points = table(case, "points").filter(~table(case, "points")["run_id"].is_in(first["run_id"].implode()))
    assert sorted(points.select("concurrency", "reused").rows()) == [(1, True), (2, False)]
    assert table(case, "requests").height == 3 + 12


def test_killed_while_it_reports(case: Case, api: str) -> None:
    """Everything is recorded by then: the outcome stays, and the page can be made again."""
    case.load = ((1, 3),)
    with command(case, api) as run:
        assert until(lambda: "completed" in table(case, "runs")["outcome"].to_list(), 120, 0.02)
        os.kill(run.process.pid, signal.SIGKILL)
        assert run.ends() == -signal.SIGKILL
        assert run.nothing_left()
    assert table(case, "runs")["outcome"].to_list() == ["completed"]
    with command(case, api, words=("report", "last", "--results", str(case.results))) as again:
        assert again.ends() == 0, again.said()
    assert list(case.results.rglob("report.html"))

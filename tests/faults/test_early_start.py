"""The model server starts while Prefect's own server does, and is not left behind where that one fails."""

from __future__ import annotations

import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.faults.case import Case
from tests.faults.run_command import RunningCommand, path_with_startup_code, servegauge
from tests.helpers.command_line import MARK
from tests.helpers.processes import with_variable
from tests.helpers.wait import until

LIMIT_S = 180.0
PREFECT_AFTER_SERVER = """
import os, pathlib, sys, time
if "flows.run.own_prefect_server:guarded_app" in sys.orig_argv:
    while not list(pathlib.Path({state!r}).glob("pids-*.json")):
        time.sleep(0.05)
    {then}
"""
"""Makes Prefect's server wait for the model server: a run that starts one after the other waits for ever."""


@contextmanager
def running(case: Case, then: str) -> Iterator[RunningCommand]:
    """Run a case whose Prefect server goes on with `then` once the model server was started."""
    source = PREFECT_AFTER_SERVER.format(state=str(case.state), then=then)
    variables = {
        "PYTHONPATH": path_with_startup_code(case.folder / "site", source),
        "PREFECT_HOME": str(case.folder / "prefect"),
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "150",
    }
    with servegauge(case, "", variables=variables) as command:
        yield command


def test_both_servers_start_at_the_same_time_and_prefect_shows_every_task(case: Case) -> None:
    case.load = ((1, 3),)
    with running(case, then="pass") as command:
        assert command.wait(LIMIT_S) == 0, command.stderr()
    assert case.table("runs")["outcome"].to_list() == ["completed"]
    assert len(case.pids()) == 3  # one start: the server, its core, its guardian
    assert names_of_tasks(case.folder / "prefect" / "prefect.db") == [
        "plan",
        f"environment {case.python}",
        f"model {case.model}",
        "start server",
        "health check",
        "s c1",
        "record",
        "track",
        "report",
    ]


def names_of_tasks(database: Path) -> list[str]:
    """The names of the tasks that Prefect recorded, in the order of their start."""
    with closing(sqlite3.connect(database)) as connection:
        return [name for (name,) in connection.execute("select name from task_run order by start_time")]


def test_no_server_is_left_where_prefect_does_not_start(case: Case) -> None:
    case.env = {"FAKE_BEHAVIOUR": "hang"}
    with running(case, then="os._exit(3)") as command:
        assert command.wait(LIMIT_S) == 1
        assert "Prefect's own server did not start: it ended with exit code 3" in command.stderr()
        assert until(lambda: not with_variable(MARK, command.mark), 30, 0.05)
    assert case.pids()
    assert case.table("runs")["outcome"].to_list() == ["failed"]


@pytest.mark.parametrize(
    ("number", "code", "outcome"),
    [
        (signal.SIGKILL, -signal.SIGKILL, "killed"),
        (signal.SIGTERM, 143, "stopped"),
        (signal.SIGINT, 130, "stopped"),
    ],
)
def test_no_server_is_left_of_a_run_that_ends_while_prefect_starts(
    case: Case, number: signal.Signals, code: int, outcome: str
) -> None:
    case.env = {"FAKE_BEHAVIOUR": "hang"}
    with running(case, then="time.sleep(600)") as command:
        assert until(lambda: bool(case.pids()), LIMIT_S)
        command.process.send_signal(number)
        assert command.wait() == code
        assert until(lambda: not with_variable(MARK, command.mark), 30, 0.05)
    assert case.table("runs")["outcome"].to_list() == [outcome]


def test_a_server_that_dies_meanwhile_is_reported_as_ever(case: Case) -> None:
    case.env = {"FAKE_BEHAVIOUR": "oom"}
    with running(case, then="pass") as command:
        assert command.wait(LIMIT_S) == 1
        assert "exit code 1: the device has too little free memory" in command.stderr()
    assert case.table("runs")["outcome"].to_list() == ["failed"]

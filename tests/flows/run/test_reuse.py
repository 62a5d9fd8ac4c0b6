"""The loop that measures or reuses: restarts, cached results, and results that must not be reused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from prefect import flow

from flows.run.context import RunContext
from flows.run.figure_cache import is_cached, is_reusable
from flows.run.flow_task import task
from flows.run.reuse import UnusableResult, measure_with_restart, measured_or_reused
from flows.run.run_identity import Run
from flows.run.run_server import RunServer
from tasks.config.base import Frozen
from tasks.config.results_location import ResultsLocation
from tasks.errors import ServerDied


class FakeServer:
    """A server that counts how often it is watched and restarted."""

    def __init__(self) -> None:
        self.watched_now, self.restarts = False, 0

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Note that the block runs."""
        self.watched_now = True
        try:
            yield
        finally:
            self.watched_now = False

    def restart(self, died: ServerDied) -> None:
        """Count; raise at the second death, as the real one does."""
        assert not self.watched_now
        if self.restarts:
            raise died
        self.restarts += 1


class Entry(Frozen):
    """An entry of a plan."""

    key: str = "key-1"


class Figure(Frozen):
    """Recorded figures."""

    run_id: str
    value: int


def fake(server: FakeServer) -> RunServer:
    """The fake as the code sees it."""
    return cast(RunServer, server)


def test_a_measurement_is_repeated_on_the_restarted_server() -> None:
    server = FakeServer()

    def measure(attempt: int) -> int:
        assert server.watched_now
        if attempt == 1:
            raise ServerDied("it exited", "read its log")
        return attempt

    assert measure_with_restart(fake(server), measure) == 2
    assert (server.restarts, server.watched_now) == (1, False)


def test_a_second_death_ends_the_run() -> None:
    server = FakeServer()

    def measure(attempt: int) -> int:
        raise ServerDied(f"death {attempt}", "read its log")

    with pytest.raises(ServerDied, match="death 2"):
        measure_with_restart(fake(server), measure)
    with pytest.raises(ServerDied, match="death 1"):
        measure_with_restart(fake(server), measure)
    assert server.restarts == 1


class FakeRun(Frozen):
    """The part of a run that reuse needs."""

    id: str
    results: ResultsLocation


def context(run_id: str, folder: Path, refresh: bool = False) -> RunContext:
    """The context of a run over the results in a folder."""
    run = FakeRun(id=run_id, results=ResultsLocation(folder=folder))
    return RunContext(cast(Run, run), fake(FakeServer()), refresh)


@pytest.mark.usefixtures("api")
def test_a_result_is_cached_by_the_key_of_its_entry(tmp_path: Path) -> None:
    labels: list[str] = []

    @task(name="figure", task_run_name="{label}")
    def measure(entry: Entry, context: RunContext, attempt: int, label: str) -> Figure:
        labels.append(label)
        if len(labels) == 4:
            raise UnusableResult("wrong", "measure again", Figure(run_id=context.run.id, value=-1))
        return Figure(run_id=context.run.id, value=len(labels))

    @flow
    def run(run_id: str, key: str, refresh: bool) -> Any:
        return measured_or_reused(
            context(run_id, tmp_path, refresh), measure, Entry(key=key), "sweep", f"of {run_id}"
        )

    results = ResultsLocation(folder=tmp_path)
    assert run("first", "a", False) == Figure(run_id="first", value=1)
    assert run("second", "a", False) == Figure(run_id="first", value=1)
    assert run("second", "b", False) == Figure(run_id="second", value=2)
    assert is_reusable(results, False, "a")
    assert not is_reusable(results, True, "a")
    assert run("third", "a", True) == Figure(run_id="third", value=3)
    assert run("fourth", "a", True) == Figure(run_id="fourth", value=-1)  # recorded, but not for reuse
    assert (is_cached(results, "a"), is_cached(results, "b")) == (False, True)
    assert labels == ["of first", "of second", "of third", "of fourth"]


@pytest.mark.usefixtures("api")
def test_a_result_that_a_flow_cached_is_read_outside_a_flow(tmp_path: Path) -> None:
    labels: list[str] = []

    @task(name="figure", task_run_name="{label}")
    def measure(entry: Entry, context: RunContext, attempt: int, label: str) -> Figure:
        labels.append(label)
        return Figure(run_id=context.run.id, value=len(labels))

    def reuse(run_id: str) -> Figure:
        return measured_or_reused(context(run_id, tmp_path), measure, Entry(key="a"), "sweep", run_id)

    assert flow(reuse)("first") == Figure(run_id="first", value=1)
    assert reuse("second") == Figure(run_id="first", value=1)
    assert labels == ["first"]

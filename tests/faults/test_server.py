"""The server dies or hangs under a measurement: noticed at once, restarted once, nothing lost or left."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import polars as pl
import psutil
import pytest

from flows.benchmark import benchmark
from tasks.errors import MeasureError, ServerDied
from tasks.record.store import Store
from tests.faults.engine import Case

pytestmark = pytest.mark.usefixtures("api")
NOTICED_S = 5.0
PROBE = 1
"""Requests that come before the first point: the probe's question."""
SECOND = PROBE + 3 + 3
"""So many requests have come when the second point is well under way."""


def table(case: Case, name: str) -> pl.DataFrame:
    """All rows of one table."""
    return Store(case.results).read(name)  # type: ignore[arg-type]


@contextmanager
def meanwhile(fault: Callable[[], None]) -> Iterator[None]:
    """Do something to the run from another thread; what fails there fails the test."""
    failures: list[BaseException] = []

    def act() -> None:
        try:
            fault()
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=act)
    thread.start()
    try:
        yield
    finally:
        thread.join()
        assert not failures, failures


def hit(case: Case, who: str, number: int, moments: list[float], start: int = 1) -> Callable[[], None]:
    """A fault: the signal `number` to one of the server's processes in the middle of the second point."""

    def act() -> None:
        pid = case.asked(SECOND, start)[who]
        moments.append(time.time())
        os.kill(pid, number)

    return act


def noticed_at(caplog: pytest.LogCaptureFixture) -> float:
    """When the run said that it restarts its server."""
    (record,) = (record for record in caplog.records if "restarting it once" in record.getMessage())
    return record.created


@pytest.mark.parametrize(
    ("who", "number"),
    [
        ("server", signal.SIGKILL),
        ("server", signal.SIGSTOP),
        ("server", signal.SIGTERM),
        ("core", signal.SIGKILL),
        ("guardian", signal.SIGKILL),
    ],
)
def test_it_is_restarted_and_the_point_measured_again(
    case: Case, who: str, number: signal.Signals, caplog: pytest.LogCaptureFixture
) -> None:
    moments: list[float] = []
    spec = case.spec()
    with meanwhile(hit(case, who, number, moments)):
        benchmark(spec=spec, results=str(case.results))
    took_s = noticed_at(caplog) - moments[0]
    print(f"{number.name} of {who}: noticed after {took_s:.2f} s")
    assert took_s < NOTICED_S
    points = table(case, "points").sort("concurrency")
    assert points["attempt"].to_list() == [1, 2]
    assert points["succeeded"].to_list() == [3, 12]
    assert points["failed"].to_list() == [0, 0]
    assert "invalid" not in points["verdict"].to_list()
    assert table(case, "requests").height == 15
    assert table(case, "runs")["outcome"].to_list() == ["completed"]


def test_a_second_death_ends_the_run_and_keeps_what_was_measured(case: Case) -> None:
    moments: list[float] = []
    spec = case.spec()

    def twice() -> None:
        hit(case, "server", signal.SIGKILL, moments)()
        os.kill(case.asked(PROBE + 3, 2)["server"], signal.SIGKILL)

    with meanwhile(twice), pytest.raises(ServerDied, match="SIGKILL"):
        benchmark(spec=spec, results=str(case.results))
    points = table(case, "points")
    assert points.select("concurrency", "succeeded", "failed").rows() == [(1, 3, 0)]
    assert table(case, "requests").height == 3
    assert table(case, "runs")["outcome"].to_list() == ["failed"]


def test_a_measuring_child_that_is_killed_fails_its_point_alone(case: Case) -> None:
    case.load = ((2, 12), (1, 3))
    spec = case.spec()

    def kill() -> None:
        case.asked(PROBE + 3)
        (child,) = (
            process
            for process in psutil.Process().children(recursive=True)
            if any(str(case.results) in file.path for file in process.open_files())
            and process.name().startswith("python")
        )
        child.kill()

    with meanwhile(kill), pytest.raises(MeasureError, match="1 of 2 measurements failed"):
        benchmark(spec=spec, results=str(case.results))
    points = table(case, "points").sort("concurrency")
    assert points["succeeded"].to_list() == [3, 0]
    assert points["verdict"].to_list() == ["valid", "invalid"]
    assert len(case.pids()) == 3  # the server was left alone

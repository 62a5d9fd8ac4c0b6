"""Doing something to a run while it goes on, and the parts of a run below the flow."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import polars as pl

from flows.run.run import Run, new_run
from flows.run.server import RunServer
from tasks.config.results_location import results_location
from tasks.config.spec_file import load_spec
from tasks.record.store import Store
from tests.faults.engine import Case, until

PROBE = 1
"""Requests that come before the first point: the probe's question."""


def table(case: Case, name: str) -> pl.DataFrame:
    """All rows of one table."""
    return Store(case.results).read(name)  # type: ignore[arg-type]


def run_of(case: Case) -> Run:
    """The case's run, with the folder that the flow would make."""
    run = new_run(load_spec(case.spec()), results_location(case.results))
    run.folder.mkdir(parents=True)
    return run


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


def hit(
    case: Case, who: str, number: int, asked: int, moments: list[float], start: int = 1
) -> Callable[[], None]:
    """A fault: a signal to one of the server's processes once it was asked so often."""

    def act() -> None:
        pid = case.asked(asked, start)[who]
        moments.append(time.time())
        os.kill(pid, number)

    return act


def watched(session: RunServer, noticed: list[float]) -> Callable[[int], int]:
    """A measurement that goes on until the server is found dead, and is short the second time."""

    def measure(attempt: int) -> int:
        try:
            assert attempt == 2 or not until(lambda: session.check(), 30, 0.25)
        except BaseException:
            noticed.append(time.time())
            raise
        session.confirm_alive()
        return attempt

    return measure

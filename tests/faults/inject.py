"""Injecting a fault from another thread while a run is under way, and the parts of a run below the flow."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flows.run.run_identity import Run, new_run
from flows.run.run_server import RunServer
from tasks.config.results_location import results_location
from tasks.config.spec_file import load_spec
from tests.faults.case import Case
from tests.helpers.wait import until


def prepare_run(case: Case) -> Run:
    """Return the case's run, with the folder that the flow would make."""
    run = new_run(load_spec(case.spec()), results_location(case.results))
    run.folder.mkdir(parents=True)
    return run


@contextmanager
def injecting(fault: Callable[[], None]) -> Iterator[None]:
    """Call `fault` in another thread during the block. An exception there fails the test."""
    failures: list[BaseException] = []

    def call() -> None:
        try:
            fault()
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=call)
    thread.start()
    try:
        yield
    finally:
        thread.join()
        assert not failures, failures


@dataclass
class SignalServer:
    """A fault: a signal to one process of the server, once the server has received some requests.

    Args:
        case: the run.
        process: `server`, `core` or `guardian`.
        number: the signal.
        requests: requests before the signal, the probe's included.
        start: the start of the server whose process gets the signal.
        sent_at: seconds since the epoch, when the signal was sent.
    """

    case: Case
    process: str
    number: int
    requests: int
    start: int = 1
    sent_at: float = 0.0

    def __call__(self) -> None:
        """Wait for the requests and send the signal."""
        pid = self.case.wait_for_requests(self.requests, self.start)[self.process]
        self.sent_at = time.time()
        os.kill(pid, self.number)


@dataclass
class MeasureUntilDeath:
    """A measurement whose first attempt lasts until the server is found dead. The second one is short.

    Args:
        server: the server of the run.
        noticed_at: seconds since the epoch, when the death was found.
    """

    server: RunServer
    noticed_at: float = 0.0

    def __call__(self, attempt: int) -> int:
        """Return the number of the attempt."""
        try:
            if attempt == 1:
                assert not until(self._is_dead, 60, 0.25)
        except BaseException:
            self.noticed_at = time.time()
            raise
        self.server.confirm_alive()
        return attempt

    def _is_dead(self) -> bool:
        """Return False, or raise what the server's check raises."""
        self.server.check()
        return False

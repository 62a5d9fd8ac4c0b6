"""The context of a worker function in a child process, and the messages that it sends to the parent."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from multiprocessing.connection import Connection
from time import perf_counter

from tasks.measure.processes.meeting import LEAD_S, Meeting

START_TIMEOUT_S = 600.0
"""Seconds that a child waits for the others, which may still generate prompts."""


@dataclass(frozen=True, slots=True)
class Progress:
    """The number of requests that have finished so far."""

    finished: int


@dataclass(frozen=True, slots=True)
class Returned:
    """The value that the worker function returned."""

    value: object


@dataclass(frozen=True, slots=True)
class Failed:
    """The error that the worker function raised, in one line.

    `remedy`: of an error that ends the run; None if only the measurement has failed.
    """

    reason: str
    remedy: str | None = None


Message = Progress | Returned | Failed


class ChildContext:
    """Connects a worker function with its parent and with the other children of the same measurement."""

    def __init__(self, pipe: Connection, meeting: Meeting | None = None) -> None:
        """Send through `pipe`; `meeting` is shared by all children of a measurement, None for one alone."""
        self._pipe, self._meeting = pipe, meeting
        self._lock = threading.Lock()  # workers report from several threads

    def report(self, finished: int) -> None:
        """Send the number of requests that have finished so far to the parent."""
        self.send(Progress(finished))

    def start_together(self) -> float:
        """Wait for all children of one measurement; return when they start, in perf_counter seconds.

        The moment is the same in all of them, and a little later than now.

        Raises:
            threading.BrokenBarrierError: another child is not ready within START_TIMEOUT_S.
        """
        return perf_counter() + LEAD_S if self._meeting is None else self._meeting.start_at(START_TIMEOUT_S)

    def wait_for_others(self, timeout_s: float | None = None) -> None:
        """Return once all children of one measurement have called this as often; None waits without limit.

        Raises:
            threading.BrokenBarrierError: another child has not called it within `timeout_s`.
        """
        if self._meeting is not None:
            self._meeting.wait(timeout_s)

    def send(self, message: Message) -> None:
        """Send one message to the parent."""
        with self._lock:
            self._pipe.send(message)

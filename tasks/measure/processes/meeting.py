"""Where the child processes of one measurement wait for one another, and agree on when they start."""

from __future__ import annotations

from multiprocessing.context import BaseContext
from time import perf_counter

LEAD_S = 0.05
"""Seconds from the agreement to the start, in which every child wakes up; a busy machine takes some 10 ms."""


class Meeting:
    """A barrier, and a moment that all children have in common; it is passed to each of them."""

    def __init__(self, context: BaseContext, children: int) -> None:
        """Let so many children meet, which `context` starts."""
        self._barrier = context.Barrier(children)
        self._start_at = context.Value("d", 0.0)

    def wait(self, timeout_s: float | None) -> int:
        """Return once all children have called this as often: another number from 0 on in each of them.

        Raises:
            threading.BrokenBarrierError: another child has not called it within `timeout_s`.
        """
        return self._barrier.wait(timeout_s)

    def start_at(self, timeout_s: float) -> float:
        """Wait for all children; return the same moment, LEAD_S from now, in each, in perf_counter seconds.

        Raises:
            threading.BrokenBarrierError: another child has not called it within `timeout_s`.
        """
        if self.wait(timeout_s) == 0:
            self._start_at.value = perf_counter() + LEAD_S
        self.wait(timeout_s)
        moment: float = self._start_at.value
        return moment

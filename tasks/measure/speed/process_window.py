"""The result of one load process."""

from __future__ import annotations

from dataclasses import dataclass

from tasks.probe.reading import Reading


@dataclass(frozen=True, slots=True)
class Window:
    """The result of a load process: measured window in perf_counter seconds, requests sent and readings."""

    start: float
    end: float
    sent: int
    readings: tuple[Reading, ...] = ()

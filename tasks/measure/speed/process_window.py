"""What one load process returns."""

from __future__ import annotations

from dataclasses import dataclass

from tasks.probe.reading import Reading


@dataclass(frozen=True, slots=True)
class Window:
    """What a measuring process hands back: its measured window in perf_counter seconds, and how it fared."""

    start: float
    end: float
    sent: int
    readings: tuple[Reading, ...] = ()

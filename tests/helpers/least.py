"""The least of several measurements."""

from __future__ import annotations

from collections.abc import Callable

TRIES = 8


def least(measure: Callable[[], float], enough: float) -> float:
    """Measure until a value is at most `enough`, at most `TRIES` times. Returns the lowest value.

    For times, and errors of times, that a busy machine makes larger and never smaller. An error of what is
    measured is in every measurement, and so in the lowest value too.
    """
    lowest = measure()
    for _ in range(TRIES - 1):
        if lowest <= enough:
            break
        lowest = min(lowest, measure())
    return lowest

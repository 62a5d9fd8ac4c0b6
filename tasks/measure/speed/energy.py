"""The energy of a point: the power of the server's GPUs over its measured window; pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from tasks.measure.speed.request_row import RequestRow
from tasks.probe.gpu_source import POWER
from tasks.probe.reading import Reading

GAP_S = 5.0
"""Between readings further apart, or that far from the point's ends, a power is not known."""
Course = Sequence[tuple[float, float]]
"""Values at moments in seconds, in order of time."""


def energy_j(rows: Sequence[RequestRow], readings: Sequence[Reading], duration_s: float) -> float | None:
    """Joules of all the server's GPUs together, from the first request's due time over the point's duration.

    Args:
        rows: the measured requests, without warm-up.
        readings: telemetry of the point.
        duration_s: of the point.

    Returns:
        None where there is no request, or the power of a GPU is not known over the whole duration.
    """
    if not rows:
        return None
    start = min(row.sent_at - timedelta(seconds=row.client_delay_s or 0.0) for row in rows)
    courses = _powers(readings, start)
    if not courses or not all(_covers(course, duration_s) for course in courses):
        return None
    return sum(integral(course, 0.0, duration_s) for course in courses)


def _covers(course: Course, duration_s: float) -> bool:
    moments = [moment for moment, _ in course]
    if not moments or moments[0] > GAP_S or moments[-1] < duration_s - GAP_S:
        return False
    return all(late - early <= GAP_S for early, late in pairwise(moments) if late > 0 and early < duration_s)


def integral(course: Course, start: float, end: float) -> float:
    """By trapezoids, with straight lines between the values; before and after them, the nearest one holds."""
    within = [(moment, value) for moment, value in course if start < moment < end]
    whole = [(start, _at(course, start)), *within, (end, _at(course, end))]
    return sum((late - early) * (a + b) / 2 for (early, a), (late, b) in pairwise(whole))


def _powers(readings: Sequence[Reading], start: datetime) -> list[Course]:
    """The power of each GPU that was watched, over the seconds since `start`; empty where not told."""
    told = [each for each in readings if each.source == "gpu"]
    cards = {_card(each.metric) for each in told}
    found: dict[str, list[tuple[datetime, float]]] = {card: [] for card in cards}
    for each in told:
        if each.metric.startswith(POWER):
            found[_card(each.metric)].append((each.time, each.value))
    return [
        [((time - start).total_seconds(), value) for time, value in sorted(course)]
        for course in found.values()
    ]


def _card(metric: str) -> str:
    return metric.rpartition("_")[2]


def _at(course: Course, moment: float) -> float:
    place = bisect_left(course, (moment,))
    if place == 0 or place == len(course):
        return course[min(place, len(course) - 1)][1]
    (early, a), (late, b) = course[place - 1], course[place]
    return a + (b - a) * (moment - early) / (late - early)

"""The energy of a point: the power of the server's GPUs over its measured window; pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from tasks.measure.results import PointResult, RequestRow
from tasks.probe.gpu_source import POWER
from tasks.probe.reading import Reading

GAP_S = 5.0
"""Between readings further apart, or that far from the point's ends, a power is not known."""
Course = Sequence[tuple[float, float]]
"""Values at moments in seconds, in order of time."""


def with_energy(result: PointResult, rows: Sequence[RequestRow], readings: Sequence[Reading]) -> PointResult:
    """The point with the energy it took; empty where the power of one of the server's GPUs is not known."""
    energy = energy_j(result, rows, readings)
    outputs = sum(row.output_tokens or 0 for row in rows if row.succeeded and not row.warmup)
    update = {
        "energy_j": energy,
        "energy_per_output_token_j": energy / outputs if energy is not None and outputs else None,
        "energy_per_request_j": energy / result.succeeded
        if energy is not None and result.succeeded
        else None,
    }
    return result.model_copy(update=update)


def energy_j(result: PointResult, rows: Sequence[RequestRow], readings: Sequence[Reading]) -> float | None:
    """Joules of all GPUs together, from the first measured request's due time over the point's duration."""
    measured = [row for row in rows if not row.warmup]
    if not measured:
        return None
    start = min(row.sent_at - timedelta(seconds=row.client_delay_s or 0.0) for row in measured)
    courses = _powers(readings, start)
    if not courses or not all(_covers(course, result.duration_s) for course in courses):
        return None
    return sum(integral(course, 0.0, result.duration_s) for course in courses)


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

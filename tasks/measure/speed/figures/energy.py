"""The energy of a point: the power of the server's GPUs, integrated over the measured window; pure."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from math import inf

from tasks.measure.speed.request_row import RequestRow
from tasks.probe.gpu_source import POWER
from tasks.probe.reading import Reading

MAX_GAP_S = 5.0
"""The longest gap between readings, or from a reading to an end of the window, with known power."""
Series = Sequence[tuple[float, float]]
"""(seconds, value), in order of time."""


def energy_j(rows: Sequence[RequestRow], readings: Sequence[Reading], duration_s: float) -> float | None:
    """Return the joules of all the server's GPUs, from the first request's due time for `duration_s`.

    Args:
        rows: the measured requests, without warm-up.
        readings: telemetry of the point.
        duration_s: of the point.

    Returns:
        The joules; None without requests, or if a GPU's power is not known over the whole duration.
    """
    if not rows:
        return None
    start = min(row.due_at for row in rows)
    return energy_in([(start, start + timedelta(seconds=duration_s))], readings)


def energy_in(spans: Sequence[tuple[datetime, datetime]], readings: Sequence[Reading]) -> float | None:
    """Return the joules of all the server's GPUs in these times; None if a GPU's power is not known."""
    origin, joules = spans[0][0], 0.0
    powers = _power_by_gpu(readings, origin)
    if not powers:
        return None
    for span in spans:
        start, end = ((moment - origin).total_seconds() for moment in span)
        if not all(_covers(power, start, end) for power in powers):
            return None
        joules += sum(integral(power, start, end) for power in powers)
    return joules


def integral(series: Series, start: float, end: float) -> float:
    """Integrate by trapezoids. Before the first and after the last value, that value holds."""
    inner = series[bisect_right(series, (start, inf)) : bisect_left(series, (end,))]
    points = [(start, _value_at(series, start)), *inner, (end, _value_at(series, end))]
    area = 0.0
    for (early, early_value), (late, late_value) in pairwise(points):
        area += (late - early) * (early_value + late_value) / 2
    return area


def _covers(series: Series, start: float, end: float) -> bool:
    """Return whether a series has no gap in a window."""
    first = max(0, bisect_left(series, (start,)) - 1)
    moments = [moment for moment, _ in series[first : bisect_right(series, (end, inf)) + 1]]
    if not moments or moments[0] > start + MAX_GAP_S or moments[-1] < end - MAX_GAP_S:
        return False
    for early, late in pairwise(moments):
        within_window = late > start and early < end
        if within_window and late - early > MAX_GAP_S:
            return False
    return True


def _power_by_gpu(readings: Sequence[Reading], start: datetime) -> list[Series]:
    """Return the power of each GPU by seconds since `start`; an empty series for a GPU without power."""
    series: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for reading in readings:
        if reading.source != "gpu":
            continue
        power = series[reading.metric.rpartition("_")[2]]  # of power_w_gpu0: gpu0
        if reading.metric.startswith(POWER):
            power.append(((reading.time - start).total_seconds(), reading.value))
    return [sorted(power) for power in series.values()]


def _value_at(series: Series, moment: float) -> float:
    """Return the value at a time, interpolated linearly between its neighbours."""
    index = bisect_left(series, (moment,))
    if index == 0 or index == len(series):
        return series[min(index, len(series) - 1)][1]
    (early, early_value), (late, late_value) = series[index - 1], series[index]
    return early_value + (late_value - early_value) * (moment - early) / (late - early)

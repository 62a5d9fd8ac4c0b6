"""The energy of a point: the power of the server's GPUs, integrated over the measured window; pure."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

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
    start = min(row.sent_at - timedelta(seconds=row.client_delay_s or 0.0) for row in rows)
    return energy_from(start, duration_s, readings)


def energy_from(start: datetime, duration_s: float, readings: Sequence[Reading]) -> float | None:
    """Return the joules of all the server's GPUs for `duration_s`; None if a GPU's power is not known."""
    powers = _power_by_gpu(readings, start)
    if not powers or not all(_covers(power, duration_s) for power in powers):
        return None
    return sum(integral(power, 0.0, duration_s) for power in powers)


def integral(series: Series, start: float, end: float) -> float:
    """Integrate by trapezoids. Before the first and after the last value, that value holds."""
    inner = [(moment, value) for moment, value in series if start < moment < end]
    points = [(start, _value_at(series, start)), *inner, (end, _value_at(series, end))]
    area = 0.0
    for (early, early_value), (late, late_value) in pairwise(points):
        area += (late - early) * (early_value + late_value) / 2
    return area


def _covers(series: Series, duration_s: float) -> bool:
    """Return whether a series has no gap in a window that starts at 0."""
    moments = [moment for moment, _ in series]
    if not moments or moments[0] > MAX_GAP_S or moments[-1] < duration_s - MAX_GAP_S:
        return False
    for early, late in pairwise(moments):
        within_window = late > 0 and early < duration_s
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

"""The times of a request as charts name them: titles with units, and labels of statistics."""

from __future__ import annotations

from tasks.measure.speed.figures.figure_registry import BY_NAME
from tasks.measure.speed.figures.notation import MILLISECONDS

TIMES = {"latency": "Latency", "ttft": "TTFT", "tpot": "TPOT"}
"""Times that charts show, and their names."""


def time_title(time: str) -> str:
    """Return a time's name with its unit, such as `TTFT, ms`: title of a chart and column of its data."""
    return f"{TIMES[time]}, {BY_NAME[f'{time}_mean_s'].notation.unit}"


def time_factor(time: str) -> float:
    """Return the factor that converts seconds into the unit of a time's title."""
    return 1000 if BY_NAME[f"{time}_mean_s"].notation is MILLISECONDS else 1


def statistic_label(statistic: str) -> str:
    """Return a statistic as charts show it, such as `mean` or `P95`."""
    return statistic if statistic == "mean" else statistic.upper()

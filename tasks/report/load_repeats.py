"""The repeats of a load: the selection of usable ones, and the mean of a figure over them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import fmean

from tasks.measure.speed.figures.figure_type import Figure
from tasks.measure.speed.figures.point_result import PointResult
from tasks.record.results import RecordedPoint

Repeats = Sequence[PointResult]
"""The points that measured one load of one sweep."""


def usable_repeats(points: Iterable[RecordedPoint]) -> list[list[PointResult]]:
    """Group points by sweep and load, without points that are invalid or had no successful request."""
    repeats_by_load: dict[tuple[str, str], list[PointResult]] = {}
    for point in points:
        if point.verdict.verdict != "invalid" and point.result.succeeded:
            load = (point.result.sweep, point.result.load.label)
            repeats_by_load.setdefault(load, []).append(point.result)
    return list(repeats_by_load.values())


def values_of(figure: Figure, repeats: Repeats) -> list[float]:
    """Return a figure's values over the repeats, without missing values."""
    values = (point[figure.name] for point in repeats)
    return [value for value in values if value is not None]


def mean_of(figure: Figure, repeats: Repeats) -> float | None:
    """Return a figure's mean over the repeats that have it; None if no repeat has it."""
    values = values_of(figure, repeats)
    return fmean(values) if values else None

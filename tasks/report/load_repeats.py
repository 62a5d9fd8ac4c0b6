"""The repeats of a load: the selection of usable ones, and the mean of a figure over them."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import fmean
from typing import NamedTuple

from tasks.measure.speed.figures.figure_type import Figure
from tasks.measure.speed.figures.point_result import PointResult
from tasks.record.results import RecordedPoint


class Repeats(NamedTuple):
    """The usable points that measured one load of one sweep; none if a run did not measure the load."""

    points: tuple[RecordedPoint, ...] = ()

    @property
    def results(self) -> list[PointResult]:
        """The figures of every point."""
        return [point.result for point in self.points]

    @property
    def first(self) -> PointResult:
        """The figures of the first point, which name the sweep and the load."""
        return self.points[0].result

    @property
    def suspect(self) -> bool:
        """Whether a point is suspect: then the means over the repeats are doubtful too."""
        return any(is_suspect(point) for point in self.points)


def is_suspect(point: RecordedPoint) -> bool:
    """Return whether the figures of a point are doubtful."""
    return point.verdict.verdict == "suspect"


def usable_repeats(points: Iterable[RecordedPoint]) -> list[Repeats]:
    """Group points by sweep and load, without points that are invalid or had no successful request."""
    points_by_load: dict[tuple[str, str], list[RecordedPoint]] = {}
    for point in points:
        if point.verdict.verdict != "invalid" and point.result.succeeded:
            load = (point.result.sweep, point.result.load.label)
            points_by_load.setdefault(load, []).append(point)
    return [Repeats(tuple(repeats)) for repeats in points_by_load.values()]


def values_of(figure: Figure, repeats: Repeats) -> list[float]:
    """Return a figure's values over the repeats, without missing values."""
    values = (point[figure.name] for point in repeats.results)
    return [value for value in values if value is not None]


def mean_of(figure: Figure, repeats: Repeats) -> float | None:
    """Return a figure's mean over the repeats that have it; None if no repeat has it."""
    values = values_of(figure, repeats)
    return fmean(values) if values else None

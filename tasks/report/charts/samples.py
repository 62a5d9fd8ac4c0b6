"""The values of a figure over the load, as the charts of a sweep draw them."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean
from typing import NamedTuple

from tasks.report.load_repeats import Repeats, is_suspect


class Sample(NamedTuple):
    """A figure at one level of the load. A suspect one is drawn with a hollow marker."""

    level: float
    value: float
    suspect: bool


def samples_of(loads: Sequence[Repeats], figure: str, factor: float = 1) -> list[Sample]:
    """Return a sample for every point that has the figure."""
    samples = []
    for repeats in loads:
        for point in repeats.points:
            value = point.result[figure]
            if value is not None:
                samples.append(Sample(point.result.load.level, value * factor, is_suspect(point)))
    return samples


def means_of(samples: Sequence[Sample]) -> list[Sample]:
    """Return the mean of the repeats at each level, by rising level; suspect if a repeat is."""
    samples_by_level: dict[float, list[Sample]] = {}
    for sample in samples:
        samples_by_level.setdefault(sample.level, []).append(sample)
    return [
        Sample(level, fmean(sample.value for sample in repeats), any(sample.suspect for sample in repeats))
        for level, repeats in sorted(samples_by_level.items())
    ]

"""Whether the load was there while questions were asked. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import fmean
from typing import NamedTuple

from tasks.measure.accuracy.sample_row import SampleRow

ENOUGH = 0.95
"""Share of the load's requests that must be under way, on average over the time that an answer takes."""


class LoadHeld(NamedTuple):
    """The load of a score's answers. The fields are those of a score; None without load.

    `less_load`: answers during which too few requests were under way, or an unknown number.
    """

    under_load: int | None = None
    others_mean: float | None = None
    others_min: int | None = None
    less_load: int | None = None


def load_held(concurrency: int | None, rows: Sequence[SampleRow]) -> LoadHeld:
    """Return the load that answers had.

    Args:
        concurrency: the other requests that were to be under way; None without load.
        rows: the answers; those that failed do not count.
    """
    if concurrency is None:
        return LoadHeld()
    answered = [row for row in rows if row.error is None]
    means = [row.others_mean for row in answered if row.others_mean is not None]
    return LoadHeld(
        under_load=concurrency,
        others_mean=fmean(means) if means else None,
        others_min=min((row.others_min for row in answered if row.others_min is not None), default=None),
        less_load=len(answered) - sum(mean >= ENOUGH * concurrency for mean in means),
    )

"""Goodput is compared only between runs that judge their requests by the same objectives."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.config.objective import Objective
from tasks.measure.speed.figures.figure_registry import BY_NAME
from tasks.measure.speed.figures.figure_type import Figure
from tasks.report.comparison.change import Change, speed_change
from tasks.report.load_repeats import Repeats, values_of

GOODPUT = BY_NAME["goodput"]


def figure_change(figure: Figure, base: Repeats, new: Repeats) -> Change | None:
    """Return the change of a figure of one load; None where it cannot be compared."""
    before, after = values_of(figure, base), values_of(figure, new)
    if not before or not after or (figure is GOODPUT and _bounds(base) != _bounds(new)):
        return None
    return speed_change(before, after)


def judged_otherwise(base: Repeats, new: Repeats) -> bool:
    """Return whether both have a goodput, but of other objectives."""
    both = bool(values_of(GOODPUT, base)) and bool(values_of(GOODPUT, new))
    return both and _bounds(base) != _bounds(new)


def _bounds(repeats: Repeats) -> set[Objective]:
    """Return the bounds that each request is judged by; one on `success` judges the whole point."""
    found: Sequence[Objective] = [bound for result in repeats.results for bound in result.objectives]
    return {bound for bound in found if bound.bounds_time}

"""Figures whose noise leaves open whether they are worse than allowed, and the repeats that would decide."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil
from statistics import fmean, variance
from typing import NamedTuple

from tasks.measure.speed.figures.figure_registry import figures_in
from tasks.measure.speed.figures.figure_type import Figure
from tasks.report.comparison.change import LEVEL, Change, is_open
from tasks.report.comparison.change_text import percent_text
from tasks.report.comparison.compare_speed import LoadKey, repeats_by_load
from tasks.report.comparison.compared_run import ComparedRun
from tasks.report.comparison.goodput_change import figure_change
from tasks.report.comparison.sure_losses import greatest_p, smallest_level, speed_loss
from tasks.report.load_repeats import values_of

POWER = 0.8
MOST_REPEATS = 1000
"""More repeats are not computed: another machine or a longer point is the remedy."""


class Undecided(NamedTuple):
    """One figure of one load.

    `repeats`: how many in each run would decide; None if it was measured once, or for too many.
    """

    key: LoadKey
    figure: Figure
    change: Change
    repeats: int | None

    def text(self, percent: float) -> str:
        """Say it in one line."""
        what = f"{self.key.sweep} {self.key.load}: {self.figure.title}: {percent_text(self.change)}"
        if self.change.half_width is None:
            return f"{what}: measured once, so its noise is not known; repeat it in both runs"
        repeats = f"more than {MOST_REPEATS:,}" if self.repeats is None else self.repeats
        return f"{what}: {repeats} repeats would decide whether it is worse by {percent:g} %"


def undecided(base: ComparedRun, new: ComparedRun, percent: float) -> tuple[Undecided, ...]:
    """Return the figures that may be worse by more than `percent` per cent, but not surely.

    A figure whose interval ends below that loss is decided, and so is a regression.
    """
    return tuple(_undecided(base, new, percent))


def undecided_line(figures: Sequence[Undecided], percent: float) -> str:
    """Return one line about all open figures: how many, and how many repeats would decide every one."""
    count = "1 figure is" if len(figures) == 1 else f"{len(figures)} figures are"
    what = f"noise leaves open whether {count} worse by more than {percent:g} %"
    if all(figure.change.half_width is None for figure in figures):
        return f"{what}: they were measured once; repeat them in both runs"
    known = [figure.repeats for figure in figures if figure.repeats is not None]
    some = "" if len(known) == len(figures) else f" {len(known)} of them"
    return f"{what}: {max(known)} repeats would decide{some}" if known else what


def _undecided(base: ComparedRun, new: ComparedRun, percent: float) -> Iterator[Undecided]:
    new_loads = repeats_by_load(new)
    limit, level = greatest_p(base, new), smallest_level(base, new)
    for key, repeats in repeats_by_load(base).items():
        if key not in new_loads:
            continue
        for figure in figures_in("comparison"):
            before, after = values_of(figure, repeats), values_of(figure, new_loads[key])
            change = figure_change(figure, repeats, new_loads[key])
            if figure.better is None or change is None:
                continue
            if not is_open(change, speed_loss(figure, change), percent, limit):
                continue
            yield Undecided(key, figure, change, enough_repeats(before, after, percent / 100, level))


def enough_repeats(
    base: Sequence[float], new: Sequence[float], share: float, level: float = LEVEL
) -> int | None:
    """Return the repeats of each run with which a test finds a loss of `share` in 80 % of all cases.

    Args:
        base: a figure's repeats in the first run.
        new: the same in the other one.
        share: the loss as a share of the first mean; at 0, the difference of the two means counts.
        level: how often the test may call equal runs different.

    Returns:
        The smallest number; None if fewer than two repeats show no noise, or for more than MOST_REPEATS.
    """
    if len(base) < 2 or len(new) < 2 or not fmean(base):
        return None
    from scipy.special import stdtrit  # its import takes half a second

    sought = share * abs(fmean(base)) or abs(fmean(new) - fmean(base))
    noise = variance(base) + variance(new)
    if not noise:
        return 2
    repeats = 2
    while sought and repeats <= MOST_REPEATS:
        freedom = 2 * repeats - 2
        quantiles = float(stdtrit(freedom, 1 - level / 2)) + float(stdtrit(freedom, POWER))
        needed = ceil(noise * (quantiles / sought) ** 2)
        if repeats >= needed:
            return repeats
        repeats += 1
    return None

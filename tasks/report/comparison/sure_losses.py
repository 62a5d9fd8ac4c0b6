"""Which losses are more than chance, among all the figures that two runs share. Pure.

Of twenty figures of equal servers, one changes by more than its own 95 % interval. So losses are judged
together: Benjamini and Hochberg, "Controlling the False Discovery Rate" (Journal of the Royal Statistical
Society B 57, 1995), over the one-sided p-values. Of equal servers, at most FALSE_ALARMS of the comparisons
then find a loss, however many figures they have. Where many figures became worse, each needs no more than its
own interval.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tasks.measure.speed.figures.figure_type import Figure
from tasks.report.comparison.change import LEVEL, Change
from tasks.report.comparison.compare_scores import compare_scores
from tasks.report.comparison.compare_speed import compare_speed
from tasks.report.comparison.compared_run import ComparedRun

FALSE_ALARMS = 0.05
"""The share of equal runs in which any figure may be called worse."""


def speed_loss(figure: Figure, change: Change) -> float:
    """Return by how much a figure became worse; negative if it became better."""
    return -change.difference if figure.better == "higher" else change.difference


def greatest_p(base: ComparedRun, new: ComparedRun) -> float:
    """Return the two-sided p-value up to which a loss between two runs counts as more than chance."""
    judged = list(_judged(base, new))
    return greatest_counting_p([p_value for p_value, loss in judged if loss > 0], len(judged))


def greatest_counting_p(of_losses: Sequence[float], figures: int) -> float:
    """Return the greatest two-sided p-value of a loss that counts, among so many figures; 0 if none does."""
    counting = [p for rank, p in enumerate(sorted(of_losses), 1) if p <= _limit(rank, figures)]
    return max(counting, default=0.0)


def smallest_level(base: ComparedRun, new: ComparedRun) -> float:
    """Return the level of a two-sided test that finds a loss even where no other figure became worse."""
    return min(LEVEL, _limit(1, sum(1 for _ in _judged(base, new))))


def _limit(rank: int, figures: int) -> float:
    return 2 * FALSE_ALARMS * rank / max(figures, 1)


def _judged(base: ComparedRun, new: ComparedRun) -> Iterator[tuple[float, float]]:
    """Yield the p-value and the loss of every figure and score whose noise is known."""
    for comparison in compare_speed((base, new)):
        change = comparison.changes[1]
        if change is not None and change.p_value is not None and comparison.figure.better is not None:
            yield change.p_value, speed_loss(comparison.figure, change)
    for score in compare_scores((base, new)):
        paired = score.changes[1]
        if paired is not None and paired.p_value is not None:
            yield paired.p_value, -paired.difference

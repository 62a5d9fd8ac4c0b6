"""The change of a figure between two runs, and whether it is more than noise. Pure functions.

Speed: the repeats of a load are independent, so the difference of two means has Welch's interval (Biometrika
34, 1947), as a share of the first mean. Scores: both runs answer the same questions, so the interval is
Student's t over the differences per question. This is the paired standard error of Miller, "Adding Error Bars
to Evals" (arXiv 2411.00640). With one answer per question, right or wrong, McNemar's exact test
(Psychometrika 12, 1947) is also computed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt
from statistics import fmean, stdev, variance
from typing import TypeVar

from tasks.config.base import Frozen
from tasks.stats import student_p, student_t

LEVEL = 0.05
"""The share of equal runs that a test may call different."""
Question = tuple[int, str]
"""A question's number and its right answer."""
Key = TypeVar("Key")
"""What identifies a question."""


class Change(Frozen):
    """The change from one value to another: relative to the first for speed, absolute for scores.

    `half_width`: half the width of the 95 % interval; None if there are too few values.
    `p_value`: how often chance alone changes a figure so much, either way; None as `half_width`.
    """

    difference: float
    half_width: float | None = None
    p_value: float | None = None

    @property
    def is_noise(self) -> bool:
        """Whether the interval includes zero."""
        return self.half_width is not None and abs(self.difference) <= self.half_width


def is_worse(change: Change, loss: float, percent: float, greatest_p: float) -> bool:
    """Return whether a loss, the change counted for the worse, is above so many per cent and no noise.

    Args:
        change: the change.
        loss: the same, positive if it is for the worse.
        percent: the loss that is allowed.
        greatest_p: the p-value up to which a loss is no chance, among all figures of the two runs.
    """
    may_be_chance = change.p_value is not None and change.p_value > greatest_p
    return not change.is_noise and not may_be_chance and 100 * loss > percent


def is_open(change: Change, loss: float, percent: float, greatest_p: float) -> bool:
    """Return whether a loss may be above so many per cent, but not surely; arguments as `is_worse`."""
    if change.half_width is None:
        return True
    return not is_worse(change, loss, percent, greatest_p) and 100 * (loss + change.half_width) > percent


class PairedChange(Change):
    """The change of a score.

    `questions`: the number of questions that both runs answered.
    `p`: the p-value of McNemar's test; None if a question has several answers, or one that is partly right.
    """

    questions: int
    p: float | None = None


def speed_change(base: Sequence[float], new: Sequence[float]) -> Change | None:
    """Return the change between the means of two sets of repeats; None if the first mean is 0."""
    base_mean = fmean(base)
    if not base_mean:
        return None
    difference = fmean(new) / base_mean - 1
    if len(base) < 2 or len(new) < 2:
        return Change(difference=difference)
    base_squared_error, new_squared_error = variance(base) / len(base), variance(new) / len(new)
    squared_error = base_squared_error + new_squared_error
    if not squared_error:
        return Change(difference=difference, half_width=0.0, p_value=float(not difference))
    degrees_of_freedom = squared_error**2 / (
        base_squared_error**2 / (len(base) - 1) + new_squared_error**2 / (len(new) - 1)
    )
    half_width = student_t(degrees_of_freedom) * sqrt(squared_error) / abs(base_mean)
    return Change(difference=difference, half_width=half_width, p_value=_pooled_p(base, new))


def _pooled_p(base: Sequence[float], new: Sequence[float]) -> float:
    """Return the p-value of Student's test, with the variance of all repeats together.

    With three repeats, Welch's test has too few degrees of freedom for the small p-values that a loss needs
    among many figures.
    """
    freedom = len(base) + len(new) - 2
    pooled = ((len(base) - 1) * variance(base) + (len(new) - 1) * variance(new)) / freedom
    return student_p(abs(fmean(new) - fmean(base)) / sqrt(pooled * (1 / len(base) + 1 / len(new))), freedom)


def paired_change(base: Mapping[Key, float], new: Mapping[Key, float], single: bool) -> PairedChange | None:
    """Return the change between two scores on the questions that both runs answered; None without any.

    Args:
        base: the share of right answers by question, from 0 to 1.
        new: as `base`.
        single: whether each question has one answer in both runs.
    """
    differences = [new[question] - base[question] for question in base if question in new]
    if not differences:
        return None
    count, difference = len(differences), fmean(differences)
    error = stdev(differences) / sqrt(count) if count > 1 else None
    half_width = None if error is None else student_t(count - 1) * error
    right_or_wrong = {*base.values(), *new.values()} <= {0.0, 1.0}
    signs = mcnemar(sum(each > 0 for each in differences), sum(each < 0 for each in differences))
    if signs > LEVEL and not half_width:
        # A few questions that all changed alike show no spread, but prove nothing.
        half_width = abs(difference)
    p_value = student_p(abs(difference) / error, count - 1) if error else signs
    p = signs if single and right_or_wrong else None
    return PairedChange(difference=difference, half_width=half_width, p_value=p_value, questions=count, p=p)


def mcnemar(gained: int, lost: int) -> float:
    """Return the exact two-sided p-value of McNemar's test for counts of gained and lost right answers."""
    changed = gained + lost
    from scipy.special import bdtr  # its import takes half a second

    return min(1.0, 2 * float(bdtr(min(gained, lost), changed, 0.5))) if changed else 1.0

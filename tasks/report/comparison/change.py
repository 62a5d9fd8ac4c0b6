"""How far one run's figure is from another's, and whether that is more than noise; pure.

Speed: the repeats of a load are independent, so the interval of the difference of two means is Welch's
(Biometrika 34, 1947), told as a share of the first mean. Scores: the questions are the same, so the interval
is Student's t over the differences of each question, the paired standard error of Miller, "Adding Error Bars
to Evals" (arXiv 2411.00640); for one answer a question also McNemar's exact test (Psychometrika 12, 1947).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt
from statistics import fmean, stdev, variance

from scipy.special import bdtr

from tasks.config.base import Frozen
from tasks.stats import student_t

Question = tuple[int, str]
"""Its number and its right answer."""


class Change(Frozen):
    """From one value to another. `half` is half of the 95 % interval; None where it cannot be known.

    Both are shares of the first value for speed, and differences for scores.
    """

    by: float
    half: float | None = None

    @property
    def noise(self) -> bool:
        """Whether no change at all lies within the interval."""
        return self.half is not None and abs(self.by) <= self.half


class PairedChange(Change):
    """Of a score. `questions` both runs were asked; `p` is McNemar's, None with repeats."""

    questions: int
    p: float | None = None


def speed_change(base: Sequence[float], new: Sequence[float]) -> Change | None:
    """Between the means of two sets of repeats; None where the first is 0."""
    first = fmean(base)
    if not first:
        return None
    by = fmean(new) / first - 1
    if len(base) < 2 or len(new) < 2:
        return Change(by=by)
    own, other = variance(base) / len(base), variance(new) / len(new)
    if not own + other:
        return Change(by=by, half=0.0)
    freedom = (own + other) ** 2 / (own**2 / (len(base) - 1) + other**2 / (len(new) - 1))
    return Change(by=by, half=student_t(freedom) * sqrt(own + other) / abs(first))


def paired_change(
    base: Mapping[Question, float], new: Mapping[Question, float], single: bool
) -> PairedChange | None:
    """Between two runs' scores on the questions that both were asked; None where they share none.

    Args:
        base: the share of right answers to each question, 0 to 1.
        new: as `base`.
        single: whether each question was answered once in both.
    """
    differences = [new[question] - base[question] for question in base if question in new]
    if not differences:
        return None
    count = len(differences)
    half = student_t(count - 1) * stdev(differences) / sqrt(count) if count > 1 else None
    p = mcnemar(differences.count(1), differences.count(-1)) if single else None
    return PairedChange(by=fmean(differences), half=half, questions=count, p=p)


def mcnemar(gained: int, lost: int) -> float:
    """The exact two-sided p of so many answers gained and lost, were both runs equally good."""
    turned = gained + lost
    return min(1.0, 2 * float(bdtr(min(gained, lost), turned, 0.5))) if turned else 1.0

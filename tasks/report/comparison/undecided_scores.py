"""Scores whose noise leaves open whether they are worse than allowed."""

from __future__ import annotations

from typing import NamedTuple

from tasks.report.comparison.change import Change, is_open
from tasks.report.comparison.change_text import points_text
from tasks.report.comparison.compare_scores import ScoreComparison, ScoreKey, compare_scores
from tasks.report.comparison.compared_run import ComparedRun
from tasks.report.comparison.sure_losses import greatest_p


class UndecidedScore(NamedTuple):
    """The score of a whole question set, and its change since the first run."""

    key: ScoreKey
    change: Change

    def text(self, points: float) -> str:
        """Say it in one line."""
        what = f"{self.key.text}: {points_text(self.change)}"
        return f"{what}: more repeats or questions would decide whether it is worse by {points:g} points"


def undecided_scores(base: ComparedRun, new: ComparedRun, points: float) -> tuple[UndecidedScore, ...]:
    """Return the scores that may be worse by more than `points` of 100, but not surely.

    Of a set with several subsets only the score of all of them: those of its parts are open more often.
    """
    of_sets: dict[str, ScoreComparison] = {}
    for comparison in compare_scores((base, new)):
        of_sets[comparison.key.dataset] = comparison  # the last one is of the whole set
    found = ((comparison.key, comparison.changes[1]) for comparison in of_sets.values())
    limit = greatest_p(base, new)
    return tuple(
        UndecidedScore(key, change)
        for key, change in found
        if change is not None and is_open(change, -change.difference, points, limit)
    )

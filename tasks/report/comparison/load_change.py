"""The change of a score under load: the same questions with other requests under way, and without."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tasks.measure.accuracy.scores import OVERALL, Score
from tasks.record.results import QuestionShare
from tasks.report.comparison.change import PairedChange, Question, paired_change
from tasks.report.report_input import ReportInput


class LoadChange(NamedTuple):
    """A score under load. `quiet`: the score of the same without load; None if the run has none.

    `change`: from the quiet score to this one, over the questions that both answered.
    """

    loaded: Score
    quiet: Score | None
    change: PairedChange | None


def load_changes(report: ReportInput) -> tuple[LoadChange, ...]:
    """Return every score of a run that was measured under load."""
    scores = [score for accuracy in report.accuracy for score in accuracy.scores]
    return tuple(_load_change(score, scores, report.shares) for score in scores if score.under_load)


def _load_change(loaded: Score, scores: Sequence[Score], shares: Sequence[QuestionShare]) -> LoadChange:
    same = (score for score in scores if score.asks == loaded.asks and score.subset == loaded.subset)
    quiet = next((score for score in same if not score.under_load), None)
    if quiet is None or loaded.asks is None:
        return LoadChange(loaded, None, None)
    single = quiet.repeats == loaded.repeats == 1
    change = paired_change(_shares_of(quiet, shares), _shares_of(loaded, shares), single)
    return LoadChange(loaded, quiet, change)


def _shares_of(score: Score, shares: Sequence[QuestionShare]) -> dict[Question, float]:
    """Return the share of right answers of each question that a score covers."""
    return {
        (share.question, share.target): share.share
        for share in shares
        if share.dataset == score.dataset and score.subset in (share.subset, OVERALL)
    }

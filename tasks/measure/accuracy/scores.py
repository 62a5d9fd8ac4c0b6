"""Turns the rows of a question set into scores with 95 % intervals.

One repeat: Wilson's score interval (Wilson, JASA 22, 1927), right for few questions and shares near 0 and 1.
Repeats of a question are not independent, so with repeats each question counts once, by its mean, and the
interval is Student's t over those means: the clustered standard error of Miller, "Adding Error Bars to Evals"
(arXiv 2411.00640), for clusters of equal size. If all means are equal, that standard error is 0 and tells
nothing about the uncertainty; then Wilson's interval over the questions is used.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from math import sqrt
from statistics import fmean

from tasks.config.base import Frozen
from tasks.config.question_set import QuestionSet
from tasks.measure.accuracy.sample_row import SampleRow
from tasks.stats import Z, mean_interval

OVERALL = "OVERALL"
"""The subset of a score over all questions."""


class Score(Frozen):
    """One score of one subset. The interval is 95 %; failed and truncated count samples.

    `dataset`: the name of the question set; version 0.1.0 recorded the name of its dataset.
    """

    dataset: str
    subset: str
    metric: str
    questions: int
    repeats: int
    value: float
    ci_low: float
    ci_high: float
    failed: int
    truncated: int


def score_rows(question_set: QuestionSet, rows: Sequence[SampleRow]) -> tuple[Score, ...]:
    """Return a score for each subset in the questions' order; none if there are no rows.

    If there are several subsets, the last score is OVERALL.

    A failed sample counts as wrong.
    """
    rows_of: dict[str, list[SampleRow]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.question):
        rows_of[row.subset].append(row)
    scores = [_score(question_set, subset, subset_rows) for subset, subset_rows in rows_of.items()]
    if len(scores) > 1:
        scores.append(_score(question_set, OVERALL, rows))
    return tuple(scores)


def _score(question_set: QuestionSet, subset: str, rows: Sequence[SampleRow]) -> Score:
    judgements: dict[int, list[bool]] = defaultdict(list)
    for row in rows:
        judgements[row.question].append(row.correct)
    means = [fmean(judgements_of_question) for judgements_of_question in judgements.values()]
    repeats = max(len(judgements_of_question) for judgements_of_question in judgements.values())
    low, high = interval(means, repeats)
    return Score(
        dataset=question_set.set_name,
        subset=subset,
        metric=question_set.definition.metric,
        questions=len(means),
        repeats=repeats,
        value=fmean(means),
        ci_low=low,
        ci_high=high,
        failed=sum(row.error is not None for row in rows),
        truncated=sum(row.finish_reason == "length" for row in rows),
    )


def interval(means: Sequence[float], repeats: int) -> tuple[float, float]:
    """Return the 95 % interval of the mean of per-question means, within 0 and 1.

    Args:
        means: for each question the share of its repeats that were right.
        repeats: how often each question was asked.
    """
    if repeats == 1 or len(set(means)) == 1:
        return wilson(fmean(means), len(means))
    low, high = mean_interval(means)
    return max(0.0, low), min(1.0, high)


def wilson(share: float, trials: int) -> tuple[float, float]:
    """Return Wilson's 95 % interval of a share of successes in independent trials."""
    scale = 1 + Z * Z / trials
    centre = (share + Z * Z / (2 * trials)) / scale
    half = Z / scale * sqrt(share * (1 - share) / trials + Z * Z / (4 * trials * trials))
    return max(0.0, centre - half), min(1.0, centre + half)

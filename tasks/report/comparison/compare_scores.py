"""Compares the scores of several runs: every score, and its change since the first run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from tasks.measure.accuracy.scores import OVERALL
from tasks.record.results import QuestionShare
from tasks.report import formats
from tasks.report.comparison.change import PairedChange, paired_change
from tasks.report.comparison.compared_run import ComparedRun

Shares = dict[tuple[str, int, str], float]
"""The share of right answers to a question, by its subset, its number and its right answer."""


class ScoreKey(NamedTuple):
    """The key that identifies the same score in several runs."""

    dataset: str
    subset: str
    metric: str

    @property
    def text(self) -> str:
        """The name of the score, without its metric."""
        return formats.score_name(self.dataset, self.subset)


class ScoreComparison(NamedTuple):
    """One score. `values` and `changes` have an entry for each run; the first run has no change.

    A run's change is computed over the questions that both this run and the first run answered. Where one of
    them is imported without its answers, it is the plain difference, over no questions. `failed`: the answers
    of each run that failed and count as wrong; of an imported run they do not count at all.
    """

    key: ScoreKey
    values: tuple[float | None, ...]
    changes: tuple[PairedChange | None, ...]
    failed: tuple[int, ...]


def compare_scores(runs: Sequence[ComparedRun]) -> tuple[ScoreComparison, ...]:
    """Compare every score that at least one run has."""
    base, *others = runs
    scores_of_runs = [_values_by_score(run) for run in runs]
    comparisons = []
    for key in dict.fromkeys(chain.from_iterable(scores_of_runs)):
        values = tuple(scores.get(key) for scores in scores_of_runs)
        changes = [
            _score_change(base, new, key) or _plain_change(base, new, values[0], value)
            for new, value in zip(others, values[1:], strict=True)
        ]
        failed = tuple(_failed_answers(run).get(key, 0) for run in runs)
        comparisons.append(ScoreComparison(key, values, (None, *changes), failed))
    return tuple(comparisons)


def _values_by_score(run: ComparedRun) -> dict[ScoreKey, float]:
    values = {}
    for accuracy in run.report.accuracy:
        for score in accuracy.scores:
            values[ScoreKey(score.dataset, score.subset, score.metric)] = score.value
    return values


def _failed_answers(run: ComparedRun) -> dict[ScoreKey, int]:
    if run.report.run.manifest.source:
        return {}
    scores = chain.from_iterable(accuracy.scores for accuracy in run.report.accuracy)
    return {ScoreKey(score.dataset, score.subset, score.metric): score.failed for score in scores}


def asked_questions(base: ComparedRun, new: ComparedRun, key: ScoreKey) -> tuple[Shares, Shares]:
    """Return the share of right answers to each question that two runs were asked for a score.

    A question has the same key in both runs. Questions are numbered through all subsets, so a run of other
    subsets, or of more questions in each, gives the same question another number. The key holds the number
    within the subset if more questions agree by it than by the number in the whole set.
    """
    pair = [(_answers_of(run, key), _first_numbers(run, key.dataset)) for run in (base, new)]
    in_set = [_by_number(answers, {}) for answers, _ in pair]
    in_subset = [_by_number(answers, first) for answers, first in pair]
    one, other = max((in_set, in_subset), key=lambda shares: len(shares[0].keys() & shares[1].keys()))
    return one, other


def _score_change(base: ComparedRun, new: ComparedRun, key: ScoreKey) -> PairedChange | None:
    answers = (*_answers_of(base, key), *_answers_of(new, key))
    single = all(question.answers == 1 for question in answers)
    return paired_change(*asked_questions(base, new, key), single)


def _plain_change(
    base: ComparedRun, new: ComparedRun, before: float | None, after: float | None
) -> PairedChange | None:
    """Return the difference of two scores if one of the runs is imported without answers; else None."""
    without = [run for run in (base, new) if run.report.run.manifest.source and not run.answers]
    if not without or before is None or after is None:
        return None
    return PairedChange(difference=after - before, questions=0)


def _answers_of(run: ComparedRun, key: ScoreKey) -> list[QuestionShare]:
    """Return the answers that a score covers: those of its subset, or of the whole dataset."""
    return [
        question
        for question in run.answers
        if question.dataset == key.dataset and key.subset in (question.subset, OVERALL)
    ]


def _by_number(answers: Sequence[QuestionShare], first: Mapping[str, int]) -> Shares:
    """Return the shares; `first`: the number of the first question of each subset, by default 0."""
    shares: Shares = {}
    for answer in answers:
        number = answer.question - first.get(answer.subset, 0)
        shares[(answer.subset, number, answer.target)] = answer.share
    return shares


def _first_numbers(run: ComparedRun, dataset: str) -> dict[str, int]:
    """Return the number of the first question of each subset; nothing for a set without several subsets."""
    first: dict[str, int] = {}
    for answer in run.answers:
        if answer.dataset == dataset:
            first[answer.subset] = min(answer.question, first.get(answer.subset, answer.question))
    return first if len(first) > 1 else {}

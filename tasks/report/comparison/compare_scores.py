"""Compares the scores of several runs: every score, and its change since the first run."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

from tasks.measure.accuracy.scores import OVERALL
from tasks.record.results import QuestionShare
from tasks.report import formats
from tasks.report.comparison.change import PairedChange, Question, paired_change
from tasks.report.comparison.compared_run import ComparedRun


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
    them is imported without its answers, it is the plain difference, over no questions.
    """

    key: ScoreKey
    values: tuple[float | None, ...]
    changes: tuple[PairedChange | None, ...]


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
        comparisons.append(ScoreComparison(key, values, changes=(None, *changes)))
    return tuple(comparisons)


def _values_by_score(run: ComparedRun) -> dict[ScoreKey, float]:
    values = {}
    for accuracy in run.report.accuracy:
        for score in accuracy.scores:
            values[ScoreKey(score.dataset, score.subset, score.metric)] = score.value
    return values


def questions_of(run: ComparedRun, key: ScoreKey) -> set[Question]:
    """Return the questions that a run was asked for a score."""
    return {(answer.question, answer.target) for answer in _answers_of(run, key)}


def _score_change(base: ComparedRun, new: ComparedRun, key: ScoreKey) -> PairedChange | None:
    base_answers, new_answers = _answers_of(base, key), _answers_of(new, key)
    single = all(question.answers == 1 for question in (*base_answers, *new_answers))
    return paired_change(_shares(base_answers), _shares(new_answers), single)


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


def _shares(answers: Sequence[QuestionShare]) -> dict[Question, float]:
    return {(question.question, question.target): question.share for question in answers}

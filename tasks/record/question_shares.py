"""How often each question of a recorded run was answered right, for comparing runs question by question."""

from __future__ import annotations

import polars as pl

from tasks.config.base import Frozen
from tasks.record.results import RecordedAccuracy
from tasks.record.store import Store


class QuestionShare(Frozen):
    """The share, 0 to 1, of right answers to one question; a failed one counts as wrong."""

    dataset: str
    subset: str
    question: int
    target: str
    answers: int
    share: float


def question_shares(store: Store, accuracy: tuple[RecordedAccuracy, ...]) -> tuple[QuestionShare, ...]:
    """Every question of a run's sets, from the samples of the run that asked them. Raises RecordError."""
    by = ["dataset", "subset", "question", "target"]
    found = []
    for each in (one for one in accuracy if one.scores):  # none where the set could not be asked
        dataset = each.scores[0].dataset
        samples = store.read("samples", each.run_id).filter(pl.col("dataset") == dataset)
        counted = samples.group_by(by).agg(answers=pl.len(), share=pl.col("correct").mean())
        found += [QuestionShare(**row) for row in counted.sort(by).to_dicts()]
    return tuple(found)

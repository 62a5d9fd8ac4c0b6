"""Computes how often each question of a recorded run was answered correctly, to compare runs by question."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from tasks.record.results import QuestionShare, RecordedAccuracy
from tasks.record.store import Store

QUESTION = ("dataset", "subset", "question", "target")
"""Columns of `samples` that identify a question."""


def question_shares(store: Store, accuracy: Sequence[RecordedAccuracy]) -> tuple[QuestionShare, ...]:
    """Return the share of each question, read from the samples of the run that measured it.

    A question set without scores could not be measured and has no shares.

    Raises:
        RecordError: the table of samples cannot be read.
    """
    shares: list[QuestionShare] = []
    for question_set in accuracy:
        if not question_set.scores:
            continue
        dataset = question_set.scores[0].dataset
        samples = store.read("samples", question_set.run_id).filter(pl.col("dataset") == dataset)
        score = pl.coalesce(pl.col("score"), pl.col("correct").cast(pl.Float64))  # older rows have no score
        by_question = samples.group_by(QUESTION).agg(answers=pl.len(), share=score.mean())
        shares += [QuestionShare(**row) for row in by_question.sort(QUESTION).iter_rows(named=True)]
    return tuple(shares)

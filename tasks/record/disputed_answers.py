"""Reads the answers about which the two graders differ."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from tasks.record.results import DisputedAnswer, RecordedAccuracy
from tasks.record.store import Query, Store

COLUMNS = ("dataset", "question", "repeat", "target", "answer", "correct", "second_answer", "finish_reason")


def disputed_answers(store: Store, accuracy: Sequence[RecordedAccuracy]) -> tuple[DisputedAnswer, ...]:
    """Return the disputed answers of a run's question sets, read from the runs that measured them.

    Raises:
        RecordError: the table of samples cannot be read.
    """
    disputed: list[DisputedAnswer] = []
    for question_set in accuracy:
        scores = question_set.scores
        if not any(score.disagreements for score in scores):
            continue
        samples = store.read("samples", question_set.run_id, _that_differ(scores[0].dataset))
        disputed += [
            DisputedAnswer(**row) for row in samples.sort("question", "repeat").iter_rows(named=True)
        ]
    return tuple(disputed)


def _that_differ(dataset: str) -> Query:
    differ = (pl.col("dataset") == dataset) & (pl.col("correct") != pl.col("second_correct"))
    return lambda rows: rows.filter(differ).select(COLUMNS)

"""Several answers to one question taken together: any right, all right, and the majority's answer. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from tasks.measure.accuracy.final_answer import marks_an_answer
from tasks.measure.accuracy.sample_row import SampleRow


def any_right(rows: Sequence[SampleRow]) -> float:
    """Return 1 if at least one answer to a question is right: pass@k for its k answers."""
    return float(any(row.correct for row in rows))


def all_right(rows: Sequence[SampleRow]) -> float:
    """Return 1 if every answer to a question is right."""
    return float(all(row.correct for row in rows))


def majority_right(kind: str, rows: Sequence[SampleRow]) -> float:
    """Return 1 if the most frequent answer is right: cons@k.

    Failed requests, missing answers and what a response that was cut off happens to end in do not vote. If
    several answers are equally frequent, return the share of them that are right.

    Args:
        kind: of the dataset: number or choice.
        rows: the answers to one question.
    """
    votes: dict[str | None, list[bool]] = defaultdict(list)
    for row in rows:
        cut_off = row.truncated and not marks_an_answer(kind, row.response)
        if row.error is None and row.answer and not cut_off:
            votes[None if row.correct else row.answer.strip()].append(row.correct)  # None: any right form
    if not votes:
        return 0.0
    most = max(map(len, votes.values()))
    leading = [judgements[0] for judgements in votes.values() if len(judgements) == most]
    return sum(leading) / len(leading)

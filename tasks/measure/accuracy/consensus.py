"""Several answers to one question taken together: any right, all right, and the majority's answer. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from tasks.measure.accuracy.sample_row import SampleRow


def any_right(rows: Sequence[SampleRow]) -> float:
    """Return 1 if at least one answer to a question is right: pass@k for its k answers."""
    return float(any(row.correct for row in rows))


def all_right(rows: Sequence[SampleRow]) -> float:
    """Return 1 if every answer to a question is right."""
    return float(all(row.correct for row in rows))


def majority_right(rows: Sequence[SampleRow]) -> float:
    """Return 1 if the most frequent answer is right: cons@k. Failed requests and missing answers do not vote.

    If several answers are equally frequent, return the share of them that are right.
    """
    votes: dict[str | None, list[bool]] = defaultdict(list)
    for row in rows:
        if row.error is None and row.answer:
            votes[None if row.correct else row.answer.strip()].append(row.correct)  # None: any right form
    if not votes:
        return 0.0
    most = max(map(len, votes.values()))
    leading = [judgements[0] for judgements in votes.values() if len(judgements) == most]
    return sum(leading) / len(leading)

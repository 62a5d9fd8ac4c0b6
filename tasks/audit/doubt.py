"""How many load points of a run are suspect or invalid, in one sentence for the top of its report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal

from tasks.audit.verdict import Verdict

VERDICTS: tuple[Literal["valid", "suspect", "invalid"], ...] = ("valid", "suspect", "invalid")
_MEANING = {"suspect": "figures are doubtful", "invalid": "figures must not be used"}


def verdict_counts(verdicts: Sequence[Verdict]) -> dict[str, int]:
    """Return the number of points by verdict, without verdicts that no point has."""
    counts = Counter(verdict.verdict for verdict in verdicts)
    return {verdict: counts[verdict] for verdict in VERDICTS if counts[verdict]}


def doubt_note(verdicts: Sequence[Verdict]) -> str | None:
    """Return how many points are suspect or invalid, and what that means; None if all are valid."""
    counts = verdict_counts(verdicts)
    sentences = []
    for verdict, meaning in _MEANING.items():
        if verdict in counts:
            owner = "its" if counts[verdict] == 1 else "their"
            sentences.append(f"{_count(counts[verdict], len(verdicts))} {verdict}: {owner} {meaning}.")
    return " ".join(sentences) or None


def _count(count: int, total: int) -> str:
    if count == total:
        return "The only load point is" if total == 1 else f"All {total} load points are"
    return f"{count} of {total} load points {'is' if count == 1 else 'are'}"

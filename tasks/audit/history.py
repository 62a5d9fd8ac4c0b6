"""Checks that each turn of a conversation sends its history once."""

from __future__ import annotations

from tasks.audit.evidence import Evidence
from tasks.audit.finding import Finding, at_most, number_of, unchecked
from tasks.measure.speed.request_row import RequestRow

SHORTEST_TOKENS = 128
"""Shorter histories are not checked: a chat template's own tokens are a large share of them."""
LIMIT = 0.5
"""The largest part of the history by which a prompt may be longer or shorter than planned."""


def history(evidence: Evidence) -> Finding:
    """Check that no prompt holds its history twice, or without a large part of it."""
    if evidence.sweep.conversation is None:
        return Finding(verdict="valid", sentence="only the turns of conversations have a history")
    excess = {row.index: share for row in evidence.succeeded if (share := _excess(row)) is not None}
    if not excess:
        return unchecked("no turn has a planned length and a history that is long enough")
    wrong = [share for share in excess.values() if abs(share) > LIMIT]
    worst = max(excess.values(), key=abs)
    change = f"the worst is off by {worst:+.0%} of it"
    sentence = f"{len(wrong)} of {number_of(len(excess), 'prompt')} do not hold their history once ({change})"
    return at_most(LIMIT, abs(worst), "invalid" if worst > 0 else "suspect", sentence)


def _excess(row: RequestRow) -> float | None:
    """Return by how much a prompt is longer than planned, as a share of its history; None if unknown."""
    if row.input_tokens is None or row.planned_input_tokens is None or row.history_tokens is None:
        return None
    if row.history_tokens < SHORTEST_TOKENS:
        return None
    return (row.input_tokens - row.planned_input_tokens) / row.history_tokens

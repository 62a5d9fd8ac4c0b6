"""Checks that answers report their token counts as `usage`, and that the counts are consistent."""

from __future__ import annotations

from tasks.audit.evidence import Evidence
from tasks.audit.finding import Finding, at_most, number_of
from tasks.measure.speed.request_row import RequestRow


def usage_missing(evidence: Evidence) -> Finding:
    """Check that every answer reports its tokens; without them, token figures are empty, times are right."""
    succeeded = evidence.succeeded
    without = [row for row in succeeded if row.output_tokens is None or row.input_tokens is None]
    sentence = f"{len(without)} of {number_of(len(succeeded), 'answer')} do not report their tokens"
    if without:
        sentence += f" ({_missing_fields(without[0])} is missing), so that figures of tokens are empty"
    return at_most(0, len(without), "suspect", sentence)


def usage_sum(evidence: Evidence) -> Finding:
    """Check that no answer's `usage` contradicts itself.

    Suspect if `completion_tokens` is missing, is 0 or omits the reasoning, and the output tokens were
    computed from the total instead; invalid if it is unknown which field is wrong.
    """
    succeeded = evidence.succeeded
    reasons = [(row, _contradiction(row)) for row in succeeded]
    wrong = [(row, reason) for row, reason in reasons if reason is not None]
    unexplained = [reason for row, reason in wrong if row.output_tokens == row.claimed_output_tokens]
    sentence = f"{len(wrong)} of {number_of(len(succeeded), 'answer')} have a usage that contradicts itself"
    if wrong:
        first = unexplained[0] if unexplained else wrong[0][1]
        sentence += f" (the first: {first})"
    return at_most(0, len(wrong), "invalid" if unexplained else "suspect", sentence)


def _missing_fields(row: RequestRow) -> str:
    fields = {"prompt_tokens": row.input_tokens, "completion_tokens": row.output_tokens}
    missing = [name for name, tokens in fields.items() if tokens is None]
    return " or ".join(missing) if len(missing) == 1 else "usage"


def _contradiction(row: RequestRow) -> str | None:
    """Return the contradiction in an answer's `usage`, with the field names; None if it is consistent."""
    claimed, total, reasoning = row.claimed_output_tokens, row.total_tokens, row.reasoning_tokens
    if row.input_tokens == 0:
        return "prompt_tokens is 0"
    if total is not None and row.input_tokens is not None and total != row.input_tokens + (claimed or 0):
        shown = "missing" if claimed is None else claimed
        left = total - row.input_tokens
        reason = f"completion_tokens is {shown}, but total_tokens less prompt_tokens is {left}"
        return reason if row.output_tokens == claimed else f"{reason}, which is used"
    if reasoning is not None and claimed is not None and reasoning > claimed:
        return f"completion_tokens is {claimed}, but reasoning_tokens {reasoning}"
    return None

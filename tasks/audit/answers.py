"""Checks of the answers: that all came, and that they are what was asked for."""

from __future__ import annotations

from collections.abc import Sequence

from tasks.audit.evidence import Evidence
from tasks.audit.finding import Finding, at_most, not_counted, unchecked
from tasks.measure.results import RequestRow
from tasks.measure.speed.objectives import failures_allowed

TOKENS_A_CHUNK = 1.5
REJECTED = (429, 503)


def failures(evidence: Evidence) -> Finding:
    """Figures of the requests that came back say nothing about those that did not."""
    result, warmup = evidence.result, sum(row.warmup and not row.succeeded for row in evidence.rows)
    error = result.first_error or next((row.error for row in evidence.rows if row.error), None)
    found = [f"{result.failed} of {result.requests} requests failed"] if result.failed or not warmup else []
    found += [f"{warmup} requests of the warm-up failed"] if warmup else []
    sentence = " and ".join(found) + (f": {error}" if error else "")
    finding = at_most(_allowed(evidence), result.failed, "invalid", sentence)
    return finding.model_copy(update={"noted": bool(result.failed or warmup)})


def rejections(evidence: Evidence) -> Finding:
    """A server that turns requests away shows the figures of those it let in."""
    answered = sum(row.status_code in REJECTED for row in evidence.rows)
    counted = evidence.counted("admission_rejections_total")
    if counted is None and not evidence.rows:
        return not_counted("whether requests were rejected")
    rejected = max(answered, counted or 0)
    return at_most(_allowed(evidence), rejected, "invalid", f"the server rejected {rejected:.0f} requests")


def output_length(evidence: Evidence) -> Finding:
    """A sweep of fixed length compares nothing when lengths differ."""
    exact = evidence.sweep.exact_output_tokens
    if exact is None:
        return unchecked("the model ends its answers where it likes")
    wrong = [row for row in evidence.succeeded if row.output_tokens != exact]
    first = f" (the first has {wrong[0].output_tokens})" if wrong else ""
    return at_most(
        0, len(wrong), "invalid", f"{len(wrong)} answers have other than {exact} output tokens{first}"
    )


def input_length(evidence: Evidence) -> Finding:
    """Random prompts are made to length; on chat the template adds its own tokens."""
    sweep = evidence.sweep
    if sweep.dataset != "random" or sweep.endpoint != "completions":
        return unchecked("only random prompts on completions have one length")
    asked = sweep.input_tokens + sweep.prefix_tokens
    wrong = [row for row in evidence.succeeded if row.input_tokens not in (None, asked)]
    first = f" (the first has {wrong[0].input_tokens})" if wrong else ""
    return at_most(
        0, len(wrong), "suspect", f"{len(wrong)} prompts have other than {asked} input tokens{first}"
    )


def usage(evidence: Evidence) -> Finding:
    """An answer cannot come in more pieces than it has tokens."""
    lying = [row for row in evidence.succeeded if _pieces(row) > (row.output_tokens or 0)]
    first = f" (the first: {_pieces(lying[0])} and {lying[0].output_tokens})" if lying else ""
    sentence = f"{len(lying)} answers came in more pieces than they claim tokens{first}"
    return at_most(0, len(lying), "invalid", sentence)


def one_piece(evidence: Evidence) -> Finding:
    """An answer in one piece shows neither its first token nor the time between tokens."""
    whole = [row for row in _long(evidence) if row.tpot_s is None]
    sentence = f"{len(whole)} answers came in one piece"
    return at_most(
        0, len(whole), "suspect", f"{sentence}: their TPOT cannot be seen, nor their first token", sentence
    )


def tokens_a_piece(evidence: Evidence) -> Finding:
    """Said, not judged: ITL is the time between pieces, whatever they hold."""
    long = [row for row in _long(evidence) if row.tpot_s is not None]
    if not (pieces := sum(map(_pieces, long))):
        return unchecked("no answer came in several pieces")
    size = sum(row.output_tokens or 0 for row in long) / pieces
    several = size >= TOKENS_A_CHUNK
    return Finding(
        verdict="valid",
        sentence=f"a chunk holds {size:.1f} tokens on average{', and ITL is per chunk' if several else ''}",
        value=size,
        limit=TOKENS_A_CHUNK,
        noted=several,
    )


def _allowed(evidence: Evidence) -> int:
    return failures_allowed(evidence.sweep.objectives, evidence.result.requests)


def _long(evidence: Evidence) -> Sequence[RequestRow]:
    return [row for row in evidence.good if (row.output_tokens or 0) > 1]


def _pieces(row: RequestRow) -> int:
    return len(row.itl_s) + 1 if row.ttft_s is not None else 0

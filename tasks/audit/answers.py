"""Checks of the answers: every request was answered, and the answers match what was requested."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from tasks.audit.evidence import Evidence
from tasks.audit.finding import Finding, at_most, not_in_metrics, number_of, unchecked
from tasks.config.sweep import Sweep
from tasks.measure.speed.figures.objectives import failures_allowed
from tasks.measure.speed.request_row import RequestRow
from tasks.probe.engine_metrics.meaning import Meaning

CHUNK_TOKENS_LIMIT = 1.5
"""From this mean number of tokens per chunk on, the time between chunks is not the time between tokens."""
REJECTED = (429, 503)
"""HTTP status codes with which an overloaded server rejects a request."""


def failures(evidence: Evidence) -> Finding:
    """Check that no more requests failed than an objective on `success` allows; figures exclude failures."""
    result = evidence.result
    warmup_failed = sum(row.warmup and not row.succeeded for row in evidence.rows)
    parts = []
    if result.failed or not warmup_failed:
        parts.append(f"{result.failed} of {number_of(result.requests, 'request')} failed")
    if warmup_failed:
        parts.append(f"{number_of(warmup_failed, 'warm-up request')} failed")
    error = _first_error(evidence)
    sentence = " and ".join(parts) + (f": {error}" if error else "")
    finding = at_most(_failures_allowed(evidence), result.failed, "invalid", sentence)
    return finding.model_copy(update={"noted": bool(result.failed or warmup_failed)})


def abandoned(evidence: Evidence) -> Finding:
    """Note how many requests were abandoned on purpose; they are in no figure."""
    count, after_s = len(evidence.abandoned), evidence.sweep.abandon
    sentence = f"{count} of {number_of(len(evidence.rows), 'request')} were abandoned"
    if after_s:
        sentence += f" {after_s.after_s:g} s after they were sent"
    return Finding(verdict="valid", sentence=sentence, value=count, noted=count > 0)


def rejections(evidence: Evidence) -> Finding:
    """Check for requests that the server rejected: the figures describe only accepted requests."""
    answered = sum(row.status_code in REJECTED for row in evidence.rows)
    counted = evidence.counter_increase(Meaning.REJECTIONS)
    if counted is None and not evidence.rows:
        return not_in_metrics(Meaning.REJECTIONS, evidence.engine_without(Meaning.REJECTIONS))
    rejected = max(answered, counted or 0)
    sentence = f"the server rejected {number_of(rejected, 'request')}"
    return at_most(_failures_allowed(evidence), rejected, "invalid", sentence)


def output_length(evidence: Evidence) -> Finding:
    """Check that every answer has the output length that was asked for, so that loads are comparable."""
    asked = [row for row in evidence.succeeded if row.planned_output_tokens is not None]
    if evidence.succeeded and not asked:
        return unchecked("the model decides the output length")
    known = [row for row in asked if row.output_tokens is not None]
    if asked and not known:
        return unchecked("no answer reports its output tokens")
    wrong = [row for row in known if row.output_tokens != row.planned_output_tokens]
    answers = f"{len(wrong)} of {number_of(len(known), 'answer')}"
    lengths = _lengths(known, wrong, "output_tokens")
    return at_most(0, len(wrong), "invalid", f"{answers} do not have {lengths}")


def input_length(evidence: Evidence) -> Finding:
    """Check that random prompts have the length asked for; not for chat, whose template adds tokens."""
    kinds = [kind for kind in evidence.succeeded_by_kind if _has_fixed_length(kind[0])]
    if not kinds:
        return unchecked("only random prompts on the completions endpoint have a fixed length")
    rows = chain.from_iterable(rows for _, rows in kinds)
    asked = [row for row in rows if row.planned_input_tokens is not None]
    wrong = [row for row in asked if row.input_tokens not in (None, row.planned_input_tokens)]
    prompts = f"{len(wrong)} of {number_of(len(asked), 'prompt')}"
    lengths = _lengths(asked, wrong, "input_tokens")
    return at_most(0, len(wrong), "suspect", f"{prompts} do not have {lengths}")


def _has_fixed_length(sweep: Sweep) -> bool:
    return sweep.has_random_prompts and sweep.endpoint == "completions"


def usage(evidence: Evidence) -> Finding:
    """Check that no answer has more chunks with output than `completion_tokens`.

    A chunk with output contains at least one token.
    """
    known = [row for row in evidence.succeeded if row.output_tokens is not None]
    if evidence.succeeded and not known:
        return unchecked("no answer reports its output tokens")
    wrong = [row for row in known if _chunks(row) > (row.output_tokens or 0)]
    first = f" (the first: {_chunks(wrong[0])} chunks, {wrong[0].output_tokens} tokens)" if wrong else ""
    answers = f"{len(wrong)} of {number_of(len(known), 'answer')}"
    sentence = f"{answers} came in more chunks than completion_tokens of their usage{first}"
    return at_most(0, len(wrong), "invalid", sentence)


def one_piece(evidence: Evidence) -> Finding:
    """Check that no answer of several tokens came in a single chunk, which hides TTFT and TPOT."""
    several_tokens = _several_tokens(evidence)
    single = [row for row in several_tokens if row.tpot_s is None]
    answers = f"{len(single)} of {number_of(len(several_tokens), 'answer')}"
    sentence = f"{answers} came in a single chunk"
    hidden = f"{sentence}, which hides their TPOT and when their first token was generated"
    return at_most(0, len(single), "suspect", hidden, sentence)


def tokens_a_piece(evidence: Evidence) -> Finding:
    """Note when chunks contain several tokens on average; never suspect.

    ITL is the time between chunks, whatever number of tokens they contain. TPOT is per token and stays right.
    """
    streamed = [row for row in _several_tokens(evidence) if row.tpot_s is not None]
    chunks = sum(_chunks(row) for row in streamed)
    if not chunks:
        return unchecked("no answer came in several chunks")
    tokens = sum(row.output_tokens or 0 for row in streamed) / chunks
    many = tokens >= CHUNK_TOKENS_LIMIT
    consequence = ", and ITL is per chunk (TPOT is per token)" if many else ""
    return Finding(
        verdict="valid",
        sentence=f"a chunk holds {tokens:.1f} tokens on average{consequence}",
        value=tokens,
        limit=CHUNK_TOKENS_LIMIT,
        noted=many,
    )


def _lengths(rows: Sequence[RequestRow], wrong: Sequence[RequestRow], field: str) -> str:
    """Return what the length was to be, and that of the first wrong request."""
    noun, asked = field.replace("_", " "), {getattr(row, f"planned_{field}") for row in rows}
    fixed = len(asked) == 1
    text = f"{asked.pop()} {noun}" if fixed else f"the drawn number of {noun}"
    if not wrong:
        return text
    other = "" if fixed else f", not {getattr(wrong[0], f'planned_{field}')}"
    return f"{text} (the first has {getattr(wrong[0], field)}{other})"


def _first_error(evidence: Evidence) -> str | None:
    errors = [row.error for row in evidence.rows if row.error]
    return evidence.result.first_error or (errors[0] if errors else None)


def _failures_allowed(evidence: Evidence) -> int:
    return failures_allowed(evidence.sweep.objectives, evidence.result.requests)


def _several_tokens(evidence: Evidence) -> Sequence[RequestRow]:
    return [row for row in evidence.measured_succeeded if (row.output_tokens or 0) > 1]


def _chunks(row: RequestRow) -> int:
    """Return the number of chunks with output: one more than the number of gaps between them."""
    return len(row.itl_s) + 1 if row.ttft_s is not None else 0

"""Builds the row of a request that has ended; pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import pairwise

from tasks.measure.jobs import PointJob
from tasks.measure.row_files import one_line
from tasks.measure.speed.request_row import RequestRow
from tasks.measure.speed.response.response_parser import ParsedResponse
from tasks.measure.speed.sent_request import SentRequest
from tasks.text import status_and_message

NO_TOKEN = "the answer holds no token"
NO_OUTPUT = "the answer holds neither output nor a finish reason"
BROKEN_OFF = "the answer broke off: no finish reason and no [DONE] came"


def build_row(job: PointJob, request: SentRequest, utc: Callable[[float], datetime]) -> RequestRow:
    """Build the row of a request whose response is parsed.

    Args:
        job: what this process sends.
        request: one of its requests.
        utc: converts perf_counter seconds to the time of day.
    """
    planned = request.planned
    sent_at, parsed = request.response.sent_at, request.parsed or ParsedResponse()
    usage = parsed.usage
    error = _error(job, request)
    latency = None
    if error is None and sent_at is not None and parsed.last_time is not None:
        latency = parsed.last_time - sent_at
    ttft = _ttft(parsed, sent_at, latency)
    planned_input, planned_shared = _planned_lengths(request)
    return RequestRow(
        index=planned.number,
        warmup=planned.warmup,
        sent_at=utc(sent_at or request.due_at),
        client_delay_s=sent_at - request.due_at if sent_at is not None else None,
        ttft_s=ttft,
        tpot_s=_tpot(parsed, ttft, latency),
        latency_s=latency,
        itl_s=_itl(parsed) if latency is not None else (),
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        cached_tokens=usage.cached_tokens,
        finish_reason=parsed.finish_reason,
        status_code=request.response.status,
        error=error,
        succeeded=latency is not None,
        claimed_output_tokens=usage.claimed_output_tokens,
        total_tokens=usage.total_tokens,
        reasoning_tokens=usage.reasoning_tokens,
        planned_input_tokens=planned_input,
        planned_output_tokens=planned.output_tokens,
        planned_shared_tokens=planned_shared,
        abandoned=request.abandoned,
        conversation=planned.turn.conversation if planned.turn else None,
        turn=planned.turn.turn if planned.turn else None,
        think_s=planned.turn.think_s if planned.turn else None,
        history_tokens=request.history_tokens,
        part=planned.part,
    )


def unreadable_row(
    job: PointJob, request: SentRequest, utc: Callable[[float], datetime], error: Exception
) -> RequestRow:
    """Build the row of a request whose response could not be read because of an error in this program."""
    text = f"the answer could not be read ({type(error).__name__}: {error}); please report this"
    failed = SentRequest(request.planned, request.due_at, request.response, error=text)
    return build_row(job, failed, utc)


def _planned_lengths(request: SentRequest) -> tuple[int | None, int | None]:
    """Return the prompt's planned length, and how much of it earlier requests have too.

    A turn of a conversation repeats its history, whose length is known when the answer before has come.
    """
    planned, history = request.planned, request.history_tokens
    if planned.turn is None or planned.turn.turn == 1:
        return planned.input_tokens, planned.seen_tokens
    if planned.input_tokens is None or history is None:
        return None, history
    return history + planned.input_tokens, history


def _error(job: PointJob, request: SentRequest) -> str | None:
    """Return in one line, without secrets, why a request failed; None if it succeeded."""
    if request.abandoned:
        return None
    parsed, text = request.parsed, request.error
    if text is None and parsed is not None:
        asked = request.planned.output_tokens or job.sweep.kind_of(request.planned.part).max_tokens
        text = parsed.error or job.endpoint.model_mismatch(parsed.model) or _missing(parsed, asked)
    if text is None:
        return None if parsed is not None else NO_OUTPUT
    status = request.response.status
    text = one_line(text, job.endpoint.masked)
    return text if status in (None, 200) else f"HTTP {status_and_message(status, text)}"


def _missing(parsed: ParsedResponse, asked: int) -> str | None:
    """Return what an incomplete response lacks; None if it is complete.

    A response without `usage` can be complete: its times are right, and the audit reports the missing tokens.
    """
    stray = f"; it says {parsed.stray_text!r}" if parsed.stray_text else ""
    if parsed.last_time is None:
        return NO_TOKEN if parsed.usage.output_tokens == 0 else NO_OUTPUT + stray
    if not parsed.output_times and not parsed.usage.output_tokens:
        return NO_TOKEN + stray
    tokens = parsed.usage.output_tokens
    if parsed.ended or parsed.finish_reason is not None or (tokens is not None and tokens >= asked):
        return None
    return f"{BROKEN_OFF} ({_count(tokens)} of {asked} tokens){stray}"


def _count(tokens: int | None) -> str:
    return "an unknown number" if tokens is None else str(tokens)


def _ttft(parsed: ParsedResponse, sent_at: float | None, latency: float | None) -> float | None:
    """Return the time to the first chunk with output; for a single token without text (EOS), the latency."""
    if latency is None or sent_at is None:
        return None
    if parsed.output_times:
        return parsed.output_times[0] - sent_at
    return latency if parsed.usage.output_tokens == 1 else None


def _tpot(parsed: ParsedResponse, ttft: float | None, latency: float | None) -> float | None:
    """Return the time per output token; None if all tokens arrived at once or their count is unknown."""
    if (
        latency is None
        or ttft is None
        or parsed.usage.output_tokens is None
        or parsed.usage.output_tokens < 2
    ):
        return None
    return (latency - ttft) / (parsed.usage.output_tokens - 1) if latency > ttft else None


def _itl(parsed: ParsedResponse) -> tuple[float, ...]:
    """Return the times between consecutive chunks with output."""
    return tuple(later - earlier for earlier, later in pairwise(parsed.output_times))

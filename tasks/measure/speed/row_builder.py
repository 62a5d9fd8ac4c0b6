"""Builds the row of a request that has ended; pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import pairwise

from tasks.measure.jobs import PointJob
from tasks.measure.row_files import one_line
from tasks.measure.speed.request_row import RequestRow
from tasks.measure.speed.sent_request import SentRequest
from tasks.measure.speed.sse import ParsedResponse

NO_USAGE = "the answer carries no usage, so its tokens cannot be counted"
NO_TOKEN = "the answer holds no token"
NO_CHOICE = "the answer holds no choice"


def build_row(job: PointJob, request: SentRequest, utc: Callable[[float], datetime]) -> RequestRow:
    """Build the row of a request whose response is parsed.

    Args:
        job: what this process sends.
        request: one of its requests.
        utc: converts perf_counter seconds to the time of day.
    """
    sent_at, parsed = request.response.sent_at, request.parsed or ParsedResponse()
    error = _error(job, request)
    latency = None
    if error is None and sent_at is not None and parsed.last_time is not None:
        latency = parsed.last_time - sent_at
    ttft = _ttft(parsed, sent_at, latency)
    return RequestRow(
        index=job.part.first + request.index,
        warmup=request.index < job.part.warmup,
        sent_at=utc(sent_at or request.due_at),
        client_delay_s=sent_at - request.due_at if sent_at is not None else None,
        ttft_s=ttft,
        tpot_s=_tpot(parsed, ttft, latency),
        latency_s=latency,
        itl_s=_itl(parsed) if latency is not None else (),
        input_tokens=parsed.input_tokens,
        output_tokens=parsed.output_tokens,
        cached_tokens=parsed.cached_tokens,
        finish_reason=parsed.finish_reason,
        status_code=request.response.status,
        error=error,
        succeeded=latency is not None,
    )


def _error(job: PointJob, request: SentRequest) -> str | None:
    """Why a request failed, in one line without the endpoint's secrets; None where it succeeded."""
    parsed, text = request.parsed, request.error
    if text is None and parsed is not None:
        text = parsed.error or job.endpoint.model_mismatch(parsed.model)
        if text is None:
            return _missing(parsed)
    if text is None:
        return NO_CHOICE
    status = request.response.status
    text = one_line(text, job.endpoint.masked)
    return text if status in (None, 200) else f"HTTP {status}: {text}"


def _missing(parsed: ParsedResponse) -> str | None:
    """What a response lacks that its figures need; None where it is complete."""
    if parsed.input_tokens is None or parsed.output_tokens is None:
        return NO_USAGE
    if not parsed.output_tokens and not parsed.output_times:
        return NO_TOKEN
    return NO_CHOICE if parsed.last_time is None else None


def _ttft(parsed: ParsedResponse, sent_at: float | None, latency: float | None) -> float | None:
    """Time to the first chunk with output. A single token without text (EOS) arrived with the end."""
    if latency is None or sent_at is None:
        return None
    if parsed.output_times:
        return parsed.output_times[0] - sent_at
    return latency if parsed.output_tokens == 1 else None


def _tpot(parsed: ParsedResponse, ttft: float | None, latency: float | None) -> float | None:
    """Time per output token; None where all tokens arrived at once, without a time between them."""
    if latency is None or ttft is None or parsed.output_tokens is None or parsed.output_tokens < 2:
        return None
    return (latency - ttft) / (parsed.output_tokens - 1) if latency > ttft else None


def _itl(parsed: ParsedResponse) -> tuple[float, ...]:
    """Times between two chunks with output."""
    return tuple(later - earlier for earlier, later in pairwise(parsed.output_times))

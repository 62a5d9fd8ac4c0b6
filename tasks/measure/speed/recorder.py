"""Writes a row for each request when it has ended, and computes the measured window."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from pydantic import TypeAdapter

from tasks.measure.jobs import PointJob
from tasks.measure.row_files import REQUESTS, one_line
from tasks.measure.speed.connection import Response
from tasks.measure.speed.request_row import RequestRow
from tasks.measure.speed.sse import ParsedResponse, read_stream, read_unstreamed

REPORT_INTERVAL_S = 0.25
PARSE_DELAY_S = 0.002
"""Seconds after which an ended response is parsed, so that the next request of its slot is sent first."""
NO_USAGE = "the answer carries no usage, so its tokens cannot be counted"
NO_TOKEN = "the answer holds no token"
NO_CHOICE = "the answer holds no choice"


@dataclass(slots=True)
class SentRequest:
    """One request and its response. `due_at` is when it should be sent, in perf_counter seconds.

    `parsed` is set where the response has status 200; `error` says why the request failed.
    """

    index: int
    due_at: float
    response: Response = field(default_factory=Response)
    parsed: ParsedResponse | None = None
    error: str | None = None


class Recorder:
    """Writes requests.jsonl. `recorded` counts its rows."""

    def __init__(self, job: PointJob, report: Callable[[int], None]) -> None:
        """Create the file in the job's folder.

        Args:
            job: what is measured.
            report: called with the number of recorded requests.
        """
        self.recorded = 0
        self.window: tuple[float, float] | None = None
        """From the first measured request's due time to the end of the last one, in perf_counter seconds."""
        self._job, self._report = job, report
        self._file = (job.folder / REQUESTS).open("wb")
        self._write_error: OSError | None = None
        self._row_to_json = TypeAdapter(RequestRow).dump_json
        self._started_at, self._started = datetime.now(UTC), time.perf_counter()
        self._reported_at = self._started
        self._ended: deque[tuple[SentRequest, float]] = deque()

    def enqueue(self, request: SentRequest) -> None:
        """Queue a request that has ended, with or without success; its row is written a moment later."""
        self._ended.append((request, time.perf_counter()))
        if len(self._ended) == 1:
            asyncio.get_running_loop().call_later(PARSE_DELAY_S, self._record_next)

    def finish(self) -> None:
        """Record what is queued, and report; raises OSError where any row could not be written."""
        while self._ended and self._write_error is None:
            self._record(*self._ended.popleft())
        if self._write_error is not None:
            raise self._write_error
        self.report_progress()

    def report_progress(self) -> None:
        """Report how many requests are recorded."""
        self._reported_at = time.perf_counter()
        self._report(self.recorded)

    def utc(self, moment: float) -> datetime:
        """The time of day of a perf_counter reading."""
        return self._started_at + timedelta(seconds=moment - self._started)

    def _record_next(self) -> None:
        if not self._ended or self._write_error is not None:
            return
        try:
            self._record(*self._ended.popleft())
        except OSError as error:  # the event loop would only log it; `finish` raises it
            self._write_error = error
        asyncio.get_running_loop().call_soon(self._record_next)

    def _record(self, request: SentRequest, ended_at: float) -> None:
        if request.error is None:
            _parse(request)
        row = self._row(request)
        self._file.write(self._row_to_json(row) + b"\n")
        self._file.flush()  # the row outlives this process, however it ends
        self.recorded += 1
        if not row.warmup:
            last_time = request.parsed.last_time if row.succeeded and request.parsed else None
            start, end = self.window or (request.due_at, 0.0)
            self.window = min(start, request.due_at), max(end, last_time or ended_at)
        if ended_at - self._reported_at > REPORT_INTERVAL_S:
            self.report_progress()

    def _row(self, request: SentRequest) -> RequestRow:
        sent_at, parsed = request.response.sent_at, request.parsed or ParsedResponse()
        error = self._error(request)
        succeeded, latency = False, None
        if error is None and sent_at is not None and parsed.last_time is not None:
            succeeded, latency = True, parsed.last_time - sent_at
        ttft = _ttft(parsed, sent_at, latency)
        return RequestRow(
            index=self._job.part.first + request.index,
            warmup=request.index < self._job.part.warmup,
            sent_at=self.utc(sent_at or request.due_at),
            client_delay_s=sent_at - request.due_at if sent_at is not None else None,
            ttft_s=ttft,
            tpot_s=_tpot(parsed, ttft, latency),
            latency_s=latency,
            itl_s=_itl(parsed) if succeeded else (),
            input_tokens=parsed.input_tokens,
            output_tokens=parsed.output_tokens,
            cached_tokens=parsed.cached_tokens,
            finish_reason=parsed.finish_reason,
            status_code=request.response.status,
            error=error,
            succeeded=succeeded,
        )

    def _error(self, request: SentRequest) -> str | None:
        """Why a request failed, in one line without the endpoint's key; None where it succeeded."""
        endpoint, parsed, text = self._job.endpoint, request.parsed, request.error
        if text is None and parsed is not None:
            text = parsed.error or endpoint.model_mismatch(parsed.model)
            if text is None:
                return _missing(parsed)
        if text is None:
            return NO_CHOICE
        text = one_line(text, endpoint.api_key.get_secret_value() if endpoint.api_key else None)
        status = request.response.status
        return text if status in (None, 200) else f"HTTP {status}: {text}"


def _missing(parsed: ParsedResponse) -> str | None:
    """What a response lacks that its figures need; None where it is complete."""
    if parsed.input_tokens is None or parsed.output_tokens is None:
        return NO_USAGE
    if not parsed.output_tokens and not parsed.output_times:
        return NO_TOKEN
    return NO_CHOICE if parsed.last_time is None else None


def _parse(request: SentRequest) -> None:
    """Parse a response, or set the error where its status is not 200; then drop the bytes."""
    response = request.response
    if response.status != 200:
        request.error = response.body.decode(errors="replace")
    elif "text/event-stream" in response.content_type:
        request.parsed = read_stream(response.body, response.arrivals)
    else:
        request.parsed = read_unstreamed(response.body, response.arrivals)
    response.body, response.arrivals = b"", []


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

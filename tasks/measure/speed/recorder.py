"""Turns what the client saw of each request into rows, written as the requests end."""

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
from tasks.measure.speed.sse import StreamedAnswer, read_stream, read_unstreamed

PROGRESS_S = 0.25
READ_AFTER_S = 0.002
NO_USAGE = "the answer carries no usage, so its tokens cannot be counted"
NO_TOKEN = "the answer holds no token"


@dataclass(slots=True)
class Sending:
    """One request under way. All times are perf_counter seconds; `freed` is when it was due."""

    index: int
    freed: float
    answer: Response = field(default_factory=Response)
    heard: StreamedAnswer | None = None
    error: str | None = None


class Recorder:
    """Writes a row a request and knows the measured window, in perf_counter seconds."""

    def __init__(self, job: PointJob, report: Callable[[int], None]) -> None:
        self.job, self._report = job, report
        self._file = (job.folder / REQUESTS).open("wb")
        self._broken: OSError | None = None
        self._dump = TypeAdapter(RequestRow).dump_json
        self._epoch, self._zero = datetime.now(UTC), time.perf_counter()
        self._reported = self._zero
        self.closed = 0
        self._ended: deque[tuple[Sending, float]] = deque()
        self.window: tuple[float, float] | None = None
        """From the first measured request's due time to the end of the last one."""

    def close(self, sending: Sending) -> None:
        """An answer ended, well or not. It is read a moment later, lest the next request wait for that."""
        self._ended.append((sending, time.perf_counter()))
        if len(self._ended) == 1:
            asyncio.get_running_loop().call_later(READ_AFTER_S, self._next)

    def end(self) -> None:
        """Read what is left, and report. Raises OSError where a row could not be written, then or before."""
        while self._ended and self._broken is None:
            self._record(*self._ended.popleft())
        if self._broken is not None:
            raise self._broken
        self.tell()

    def _next(self) -> None:
        if not self._ended or self._broken is not None:
            return
        try:
            self._record(*self._ended.popleft())
        except OSError as error:  # raised here it would be the event loop's, which says it to nobody
            self._broken = error
        asyncio.get_running_loop().call_soon(self._next)

    def _record(self, sending: Sending, ended: float) -> None:
        if sending.error is None:
            _listen(sending)
        row = self._row(sending)
        self._file.write(self._dump(row) + b"\n")
        self._file.flush()  # a row is there when its request has ended, whatever becomes of this process
        self.closed += 1
        if not row.warmup:
            last = sending.heard.last if row.succeeded and sending.heard else None
            start, end = self.window or (sending.freed, 0.0)
            self.window = min(start, sending.freed), max(end, last or ended)
        if ended - self._reported > PROGRESS_S:
            self.tell()

    def tell(self) -> None:
        """Report how many requests have ended."""
        self._reported = time.perf_counter()
        self._report(self.closed)

    def utc(self, moment: float) -> datetime:
        """The time of day of a perf_counter reading."""
        return self._epoch + timedelta(seconds=moment - self._zero)

    def _row(self, sending: Sending) -> RequestRow:
        sent, heard = sending.answer.sent, sending.heard or StreamedAnswer()
        error = self._error(sending)
        ok = error is None and sent is not None and heard.last is not None
        latency = heard.last - sent if ok and heard.last is not None and sent is not None else None
        ttft = _ttft(heard, sent, latency)
        return RequestRow(
            index=self.job.part.first + sending.index,
            warmup=sending.index < self.job.part.warmup,
            sent_at=self.utc(sent or sending.freed),
            client_delay_s=sent - sending.freed if sent is not None else None,
            ttft_s=ttft,
            tpot_s=_tpot(heard, ttft, latency),
            latency_s=latency,
            itl_s=tuple(later - earlier for earlier, later in pairwise(heard.times)) if ok else (),
            input_tokens=heard.input_tokens,
            output_tokens=heard.output_tokens,
            cached_tokens=heard.cached_tokens,
            finish_reason=heard.finish_reason,
            status_code=sending.answer.status,
            error=error,
            succeeded=ok,
        )

    def _error(self, sending: Sending) -> str | None:
        key, text, heard = self.job.endpoint.api_key, sending.error, sending.heard
        if text is None and heard is not None:
            text = heard.error or self.job.endpoint.model_mismatch(heard.model)
            if text is None and (heard.input_tokens is None or heard.output_tokens is None):
                return NO_USAGE
            if text is None and not heard.output_tokens and not heard.times:
                return NO_TOKEN
        if text is None:
            return None if heard is not None and heard.last is not None else "the answer holds no choice"
        text = one_line(text, key.get_secret_value() if key else None)
        status = sending.answer.status
        return text if status in (None, 200) else f"HTTP {status}: {text}"


def _listen(sending: Sending) -> None:
    answer = sending.answer
    if answer.status != 200:
        sending.error = answer.content.decode(errors="replace")
    elif "text/event-stream" in answer.content_type:
        sending.heard = read_stream(answer.content, answer.stamps)
    else:
        sending.heard = read_unstreamed(answer.content, answer.stamps)
    sending.answer.content, sending.answer.stamps = b"", []


def _ttft(heard: StreamedAnswer, sent: float | None, latency: float | None) -> float | None:
    """First chunk that carries output; a lone token without text (EOS) came with the end."""
    if latency is None or sent is None:
        return None
    if heard.times:
        return heard.times[0] - sent
    return latency if heard.output_tokens == 1 else None


def _tpot(heard: StreamedAnswer, ttft: float | None, latency: float | None) -> float | None:
    """None where all tokens came in one piece: then no time between tokens was seen."""
    if latency is None or ttft is None or heard.output_tokens is None or heard.output_tokens < 2:
        return None
    return (latency - ttft) / (heard.output_tokens - 1) if latency > ttft else None

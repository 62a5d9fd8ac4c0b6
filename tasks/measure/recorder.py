"""Turns what the client saw of each request into rows, written as the requests end."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import TypeAdapter

from tasks.measure.jobs import PointJob
from tasks.measure.results import RequestRow
from tasks.measure.rows import REQUESTS, one_line

PROGRESS_S = 0.25


@dataclass(slots=True)
class Sending:
    """One request under way. All times are perf_counter seconds."""

    index: int
    freed: float
    sent: float | None = None


class Recorder:
    """Keeps the slots' clock, writes rows, and knows the measured window.

    A slot is free at the start and again when its answer ended; a request takes the one free for longest.
    """

    def __init__(self, job: PointJob, report: Callable[[int], None]) -> None:
        self.job, self._report = job, report
        self._file = (job.folder / REQUESTS).open("wb", buffering=0)
        self._dump = TypeAdapter(RequestRow).dump_json
        self._epoch, self._zero = datetime.now(UTC), time.perf_counter()
        self._free: deque[float] = deque()
        self._reported = self._zero
        self.opened = self.closed = 0
        self.window: tuple[float, float] | None = None

    @property
    def duration_s(self) -> float:
        """From the first measured request's free slot to the end of the last one."""
        return self.window[1] - self.window[0] if self.window else 0.0

    def open(self) -> Sending:
        """A request got a slot."""
        if not self.opened:
            self._free.extend([time.perf_counter()] * self.job.load.concurrency)
        sending = Sending(self.opened, self._free.popleft())
        self.opened += 1
        return sending

    def close(self, sending: Sending, data: Any) -> None:
        """An answer ended, well or not; `data` is EvalScope's record of it."""
        ended = time.perf_counter()
        self._free.append(ended)
        row = self._row(sending, data)
        self._file.write(self._dump(row) + b"\n")
        self.closed += 1
        if not row.warmup:
            start, end = self.window or (sending.freed, ended)
            last = data.completed_time if row.succeeded else ended
            self.window = min(start, sending.freed), max(end if self.window else last, last)
        if ended - self._reported > PROGRESS_S or self.closed == self.job.total:
            self._reported = ended
            self._report(self.closed)

    def _row(self, sending: Sending, data: Any) -> RequestRow:
        sent = sending.sent
        error = self._error(data)
        ok = error is None and sent is not None
        latency = data.completed_time - sent if ok and sent is not None else None
        ttft = self._ttft(data, sent, latency)
        tokens = data.completion_tokens
        tpot = (latency - ttft) / (tokens - 1) if latency and ttft is not None and tokens > 1 else None
        moment = (sent or sending.freed) - self._zero
        return RequestRow(
            index=sending.index,
            warmup=sending.index < self.job.sweep.warmup_requests,
            sent_at=self._epoch + timedelta(seconds=moment),
            client_delay_s=sent - sending.freed if sent is not None else None,
            ttft_s=ttft,
            tpot_s=tpot,
            latency_s=latency,
            itl_s=tuple(data.inter_chunk_latency) if ok else (),
            input_tokens=data.prompt_tokens,
            output_tokens=tokens,
            cached_tokens=data.real_cached_tokens,
            finish_reason=_finish_reason(data.response_messages),
            status_code=data.status_code or (200 if ok or data.response_messages else None),
            error=error,
            succeeded=ok,
        )

    @staticmethod
    def _ttft(data: Any, sent: float | None, latency: float | None) -> float | None:
        """First chunk that carries text or reasoning; a lone token without text (EOS) came with the end."""
        if latency is None or sent is None:
            return None
        if data.first_chunk_latency:
            return float(data.start_time + data.first_chunk_latency - sent)
        return latency if data.completion_tokens == 1 else None

    def _error(self, data: Any) -> str | None:
        if data.success:
            known = data.prompt_tokens is not None and data.completion_tokens is not None
            return None if known else "the answer carries no usage, so its tokens cannot be counted"
        key = self.job.endpoint.api_key
        text = one_line(data.error or "", key.get_secret_value() if key else None)
        if "TimeoutError" in text:
            return f"no whole answer within {self.job.sweep.timeout_s:g} s"
        return f"HTTP {data.status_code}: {text}" if data.status_code else text


def _finish_reason(messages: list[Any]) -> str | None:
    for message in reversed(messages):
        for choice in message.get("choices") or () if isinstance(message, dict) else ():
            if reason := choice.get("finish_reason"):
                return str(reason)
    return None

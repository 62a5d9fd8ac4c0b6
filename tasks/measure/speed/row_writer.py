"""Writes a row for each request when it has ended, and computes the measured window."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from pydantic import TypeAdapter

from tasks.measure.jobs import PointJob
from tasks.measure.row_files import REQUESTS
from tasks.measure.speed.request_row import RequestRow
from tasks.measure.speed.row_builder import build_row, unreadable_row
from tasks.measure.speed.sent_request import SentRequest

REPORT_INTERVAL_S = 0.25
CLOCK_TRIES = 5
PARSE_DELAY_S = 0.002
"""Seconds from the end of a response until it is parsed, so that its slot first sends the next request."""


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
        self._started_at, self._started = _both_clocks()
        self._reported_at = self._started
        self._ended: deque[tuple[SentRequest, float]] = deque()

    def enqueue(self, request: SentRequest) -> None:
        """Queue a request that has ended, successful or not; its row is written shortly afterwards."""
        self._ended.append((request, time.perf_counter()))
        if len(self._ended) == 1:
            asyncio.get_running_loop().call_later(PARSE_DELAY_S, self._record_next)

    def record(self, request: SentRequest) -> RequestRow:
        """Write the row of a request that has ended, and return it. Raises OSError."""
        if self._write_error is not None:
            raise self._write_error
        return self._record(request, time.perf_counter())

    def finish(self) -> None:
        """Record all queued requests and report progress; raise OSError if a row could not be written."""
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
        """Return the UTC time of a perf_counter reading."""
        return self._started_at + timedelta(seconds=moment - self._started)

    def _record_next(self) -> None:
        if not self._ended or self._write_error is not None:
            return
        try:
            self._record(*self._ended.popleft())
        except OSError as error:  # the event loop would only log it; `finish` raises it
            self._write_error = error
        asyncio.get_running_loop().call_soon(self._record_next)

    def _record(self, request: SentRequest, ended_at: float) -> RequestRow:
        row = self._row_of(request)
        self._file.write(self._row_to_json(row) + b"\n")
        self._file.flush()  # the row survives even if this process is killed
        self.recorded += 1
        if not row.warmup:
            last_time = request.parsed.last_time if row.succeeded and request.parsed else None
            start, end = self.window or (request.due_at, 0.0)
            self.window = min(start, request.due_at), max(end, last_time or ended_at)
        if ended_at - self._reported_at > REPORT_INTERVAL_S:
            self.report_progress()
        return row

    def _row_of(self, request: SentRequest) -> RequestRow:
        """Return a request's row, even after an exception: one response must not affect others' rows."""
        try:
            request.parse_response()
            return build_row(self._job, request, self.utc)
        except Exception as error:
            request.parsed = None
            return unreadable_row(self._job, request, self.utc, error)


def _both_clocks() -> tuple[datetime, float]:
    """Return the UTC time and the perf_counter seconds of one moment, as close together as several tries get.

    The process may be held up between two readings. The rows of a point come from several processes.
    """
    pairs = []
    for _ in range(CLOCK_TRIES):
        before, utc, after = time.perf_counter(), datetime.now(UTC), time.perf_counter()
        pairs.append((after - before, utc, (before + after) / 2))
    _, utc, moment = min(pairs)
    return utc, moment

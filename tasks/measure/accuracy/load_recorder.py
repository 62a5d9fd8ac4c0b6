"""Writes a row for each request of a load once it has ended."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from pydantic import TypeAdapter

from tasks.measure.accuracy.load_row import LOAD, LoadRow
from tasks.measure.jobs import LoadJob
from tasks.measure.speed.row_builder import build_row, unreadable_row
from tasks.measure.speed.sent_request import SentRequest

_ROW = TypeAdapter(LoadRow)


class LoadRecorder:
    """Writes load.jsonl in the job's folder; `with` closes it. `rows`: how many it has written."""

    def __init__(self, job: LoadJob) -> None:
        """Create the file."""
        self.rows = 0
        self._job = job
        self._file = (job.folder / LOAD).open("wb")
        self._started_at, self._started = datetime.now(UTC), time.perf_counter()

    def __enter__(self) -> LoadRecorder:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def record(self, request: SentRequest, ended_at: float) -> LoadRow:
        """Write the row of a request that has ended at this perf_counter time, and return it."""
        try:
            request.parse_response()
            row = build_row(self._job, request, self._utc)
        except Exception as error:
            request.parsed = None
            row = unreadable_row(self._job, request, self._utc, error)
        load_row = LoadRow(
            number=row.index,
            sent_at=row.sent_at,
            under_way_s=ended_at - (request.response.sent_at or request.due_at),
            succeeded=row.succeeded,
            abandoned=row.abandoned,
            output_tokens=row.output_tokens,
            error=row.error,
        )
        self._file.write(_ROW.dump_json(load_row) + b"\n")
        self._file.flush()
        self.rows += 1
        return load_row

    def _utc(self, moment: float) -> datetime:
        return self._started_at + timedelta(seconds=moment - self._started)

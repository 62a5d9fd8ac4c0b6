"""Passes odd answers through the recorder, and looks for what is wrong with the rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from tasks.measure.jobs import PointJob
from tasks.measure.row_files import REQUESTS, read_rows
from tasks.measure.speed.request_row import RequestRow
from tasks.measure.speed.response.chunk_template import ChunkTemplate
from tasks.measure.speed.response.response_parser import read_stream
from tasks.measure.speed.row_writer import Recorder
from tasks.measure.speed.sent_request import SentRequest


class NoTemplate(ChunkTemplate):
    """Recognises no chunk, so that each is parsed as JSON."""

    def learn(self, event: bytes, outputs: int) -> None:
        """Learn nothing."""


def problems(job: PointJob, requests: Iterable[SentRequest]) -> Counter[str]:
    """Record the requests in the job's folder; count what is wrong, and `rows` and `succeeded`."""
    recorder, found = Recorder(job, lambda recorded: None), Counter[str]()
    for request in requests:
        body, arrivals = request.response.body, request.response.arrivals
        if read_stream(body, arrivals) != read_stream(body, arrivals, NoTemplate()):
            found["the quick way hears something else than the parser"] += 1
        recorder._record(request, 0.0)
    recorder.finish()
    for row in read_rows(job.folder / REQUESTS, RequestRow):
        found["rows"] += 1
        found["succeeded"] += row.succeeded
        wrong = _problem(row)
        if wrong:
            found[wrong] += 1
    return found


def _problem(row: RequestRow) -> str | None:
    """What is wrong with a row, if anything is."""
    if row.error and "could not be read" in row.error:
        return row.error
    if row.succeeded == bool(row.error) or (row.error is not None and not row.error.strip()):
        return "a request that failed has no reason, or one that succeeded has one"
    if row.succeeded and (row.latency_s is None or not 0 <= (row.ttft_s or 0.0) <= row.latency_s):
        return "the first token came after the last, or there is no latency"
    if any(gap < 0 for gap in row.itl_s):
        return "a gap is negative"
    counts = (row.input_tokens, row.output_tokens, row.cached_tokens, row.total_tokens, row.reasoning_tokens)
    if any(count is not None and not 0 <= count < 2**32 for count in counts):
        return "a count is none"
    return None

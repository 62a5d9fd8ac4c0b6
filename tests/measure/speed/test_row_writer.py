"""Every request has its row; one that cannot be written fails the point."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tasks.measure.row_files import REQUESTS, read_rows
from tasks.measure.speed.request_row import RequestRow
from tasks.measure.speed.row_writer import PARSE_DELAY_S, Recorder
from tasks.measure.speed.sent_request import SentRequest
from tasks.plan.planned_request import PlannedRequest
from tests.measure.conftest import MakeJob

FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="no /dev/full here")
@pytest.mark.parametrize("wait_s", [0.0, 20 * PARSE_DELAY_S], ids=["in finish", "before finish"])
def test_a_full_disk_raises_the_error_of_the_system(make_job: MakeJob, tmp_path: Path, wait_s: float) -> None:
    job = make_job("http://127.0.0.1:9/v1", requests=2).model_copy(update={"folder": tmp_path})
    (tmp_path / REQUESTS).symlink_to(FULL)

    async def run() -> None:
        recorder = Recorder(job, lambda recorded: None)
        for index in range(2):
            recorder.enqueue(SentRequest(PlannedRequest(index), 0.0, error="made up"))
        await asyncio.sleep(wait_s)
        recorder.finish()

    with pytest.raises(OSError, match="No space left on device"):
        asyncio.run(run())


def test_an_exception_while_reading_costs_only_its_own_request(
    make_job: MakeJob, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = make_job("http://127.0.0.1:9/v1", requests=3).model_copy(update={"folder": tmp_path})
    parse = SentRequest.parse_response

    def parse_or_raise(request: SentRequest) -> None:
        if request.planned.number == 1:
            raise RuntimeError("made up")
        parse(request)

    monkeypatch.setattr(SentRequest, "parse_response", parse_or_raise)

    async def run() -> None:
        recorder = Recorder(job, lambda recorded: None)
        for index in range(3):
            recorder.enqueue(SentRequest(PlannedRequest(index), 0.0, error=f"request {index}"))
        await asyncio.sleep(20 * PARSE_DELAY_S)
        recorder.finish()

    asyncio.run(run())
    rows = list(read_rows(tmp_path / REQUESTS, RequestRow))
    assert [row.error for row in rows] == [
        "request 0",
        "the answer could not be read (RuntimeError: made up); please report this",
        "request 2",
    ]

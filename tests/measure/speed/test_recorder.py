"""A row that cannot be written fails the point."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tasks.measure.row_files import REQUESTS
from tasks.measure.speed.recorder import PARSE_DELAY_S, Recorder
from tasks.measure.speed.sent_request import SentRequest
from tests.measure.conftest import MakeJob

FULL = Path("/dev/full")
pytestmark = pytest.mark.skipif(not FULL.exists(), reason="no /dev/full here")


@pytest.mark.parametrize("wait_s", [0.0, 20 * PARSE_DELAY_S], ids=["in finish", "before finish"])
def test_a_full_disk_raises_the_error_of_the_system(make_job: MakeJob, tmp_path: Path, wait_s: float) -> None:
    job = make_job("http://127.0.0.1:9/v1", requests=2).model_copy(update={"folder": tmp_path})
    (tmp_path / REQUESTS).symlink_to(FULL)

    async def run() -> None:
        recorder = Recorder(job, lambda recorded: None)
        for index in range(2):
            recorder.enqueue(SentRequest(index, 0.0, error="made up"))
        await asyncio.sleep(wait_s)
        recorder.finish()

    with pytest.raises(OSError, match="No space left on device"):
        asyncio.run(run())

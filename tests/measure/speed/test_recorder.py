"""A row that cannot be written is said: a point that lost rows is none."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from tasks.measure.jobs import PointJob
from tasks.measure.row_files import REQUESTS
from tasks.measure.speed.recorder import READ_AFTER_S, Recorder, Sending

FULL = Path("/dev/full")
pytestmark = pytest.mark.skipif(not FULL.exists(), reason="no /dev/full here")


@pytest.mark.parametrize("wait_s", [0.0, 20 * READ_AFTER_S], ids=["at the end", "meanwhile"])
def test_a_full_disk_is_met_however_the_row_is_written(
    make_job: Callable[..., PointJob], tmp_path: Path, wait_s: float
) -> None:
    job = make_job("http://127.0.0.1:9/v1", requests=2).model_copy(update={"folder": tmp_path})
    (tmp_path / REQUESTS).symlink_to(FULL)

    async def run() -> None:
        recorder = Recorder(job, lambda done: None)
        for index in range(2):
            recorder.close(Sending(index, 0.0, error="made up"))
        await asyncio.sleep(wait_s)
        recorder.end()

    with pytest.raises(OSError, match="No space left on device"):
        asyncio.run(run())

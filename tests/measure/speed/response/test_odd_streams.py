"""No answer, however odd, raises, costs another request its row, or is read otherwise by the quick way."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.measure.conftest import MakeJob
from tests.measure.speed.response.odd_rows import problems
from tests.measure.speed.response.odd_streams import odd_requests

STREAMS = 1000


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_odd_answer_has_its_row(make_job: MakeJob, tmp_path: Path, seed: int) -> None:
    job = make_job(output_tokens=4, warmup_requests=0).model_copy(update={"folder": tmp_path})
    found = problems(job, odd_requests(STREAMS, seed))
    succeeded = found.pop("succeeded")
    assert found == {"rows": STREAMS}
    assert 0 < succeeded < STREAMS

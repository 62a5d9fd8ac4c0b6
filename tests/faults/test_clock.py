"""The wall clock jumps back by an hour during a run: figures use the monotonic clock."""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from tests.faults.case import PROBE_REQUESTS, Case
from tests.faults.run_command import path_with_startup_code, servegauge

JUMP = """
import os, time
_real_time, _jumped = time.time, os.environ["JUMPED"]

def _time():
    if not os.path.exists(_jumped):
        return _real_time()
    open(f"{_jumped}-{os.getpid()}", "a").close()
    return _real_time() - 3600.0

time.time = _time
"""
"""Sets the clock back once the file $JUMPED exists. Each process that reads it writes $JUMPED-PID."""


def test_the_clock_jumps_while_a_point_is_measured(case: Case, api: str) -> None:
    case.load = ((2, 12),)
    case.env = {"PYTHONPATH": ""}
    jumped = case.folder / "jumped"
    variables = {"PYTHONPATH": path_with_startup_code(case.folder / "site", JUMP), "JUMPED": str(jumped)}
    with servegauge(case, api, variables=variables) as run:
        case.wait_for_requests(PROBE_REQUESTS + 4)
        jumped.touch()
        code = run.wait()
        assert code == 0, run.stderr()
    (point,) = case.table("points").to_dicts()
    assert (point["succeeded"], point["failed"]) == (12, 0)
    # 12 requests at concurrency 2, 16 tokens of 20 ms each.
    assert 1.8 < point["duration_s"] < 60
    (requests,) = (
        case.table("requests")
        .select(
            latency_min=pl.col("latency_s").min(),
            latency_max=pl.col("latency_s").max(),
            ttft_min=pl.col("ttft_s").min(),
            sent_span=pl.col("sent_at").max() - pl.col("sent_at").min(),
        )
        .to_dicts()
    )
    assert requests["latency_min"] > 0.3
    assert requests["latency_max"] < 60
    assert requests["ttft_min"] > 0
    assert requests["sent_span"] < timedelta(minutes=1)
    assert list(case.folder.glob("jumped-*"))  # some process has read the clock after its jump

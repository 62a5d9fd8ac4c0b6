"""The wall clock jumps back an hour under a run: figures are taken by another clock."""

from __future__ import annotations

from datetime import timedelta

from tests.faults.command import command, site_with
from tests.faults.driver import PROBE, table
from tests.faults.engine import Case

JUMP = """
import os, time
_true, _jumped = time.time, os.environ["JUMPED"]

def _time():
    if not os.path.exists(_jumped):
        return _true()
    open(f"{_jumped}-{os.getpid()}", "a").close()
    return _true() - 3600.0

time.time = _time
"""


def test_it_jumps_while_a_point_is_measured(case: Case, api: str) -> None:
    case.load = ((2, 12),)
    case.env = {"PYTHONPATH": ""}
    jumped = case.folder / "jumped"
    site = site_with(case.folder / "site", JUMP)
    with command(case, api, PYTHONPATH=site, JUMPED=str(jumped)) as run:
        case.asked(PROBE + 4)
        jumped.touch()
        code = run.ends()
        assert code == 0, run.said()
    (point,) = table(case, "points").to_dicts()
    assert (point["succeeded"], point["failed"]) == (12, 0)
    # 12 answers in 2 slots, 16 tokens of 20 ms each.
    assert 1.8 < point["duration_s"] < 60
    requests = table(case, "requests")
    assert requests["latency_s"].min() > 0.3
    assert requests["latency_s"].max() < 60
    assert requests["ttft_s"].min() > 0
    assert requests["sent_at"].max() - requests["sent_at"].min() < timedelta(minutes=1)
    assert list(case.folder.glob("jumped-*"))  # somebody did read the clock after its jump

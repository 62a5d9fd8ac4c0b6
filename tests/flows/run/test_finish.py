"""Which measurements make a run fail."""

from __future__ import annotations

import pytest

from flows.run.finish import measurement_failures
from flows.run.run_results import RunResults
from tasks.audit.verdict import Check, Verdict
from tests.record import made_up


@pytest.mark.parametrize(
    ("level", "check", "fails"),
    [
        (20, "failures", False),  # above the knee: the search had to find a level that fails
        (32, "rejections", False),
        (19, "failures", True),
        (32, "prefix_cache", True),
    ],
)
def test_failed_requests_above_the_knee_fail_no_run(level: int, check: str, fails: bool) -> None:
    broken = Check(check=check, verdict="invalid", sentence="broken")
    verdict = Verdict(verdict="invalid", reasons=("broken",), checks=(broken,))
    point = made_up.recorded(made_up.point(concurrency=level), verdict=verdict)
    searched = RunResults(points=(point,), knees=(made_up.knee(),))
    assert bool(measurement_failures(searched)) is fails
    assert measurement_failures(RunResults(points=(point,)))

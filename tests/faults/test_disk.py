"""The disk fills up, or the results vanish, during a run: the run names the reason and spoils no file."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.benchmark import benchmark
from tasks.errors import MeasureError
from tests.faults.case import PROBE_REQUESTS, Case
from tests.faults.inject import injecting
from tests.faults.run_command import RunningCommand, servegauge
from tests.faults.small_disk import FILL, path_inside, small_disk
from tests.helpers.wait import until

SECOND_POINT = PROBE_REQUESTS + 3 + 3
"""Requests after which the second point is under way."""


def fill(run: RunningCommand, folder: Path) -> None:
    """Leave one page of free space."""
    target = path_inside(run.process.pid, folder)
    subprocess.run((sys.executable, "-c", FILL, str(target), "4096"), check=True)


def make_read_only(run: RunningCommand, folder: Path) -> None:
    """Make the tables read-only, as a kernel does with a disk that fails.

    The whole disk cannot be made read-only, because files on it are open.
    """
    user = () if os.geteuid() == 0 else ("--user", "--preserve-credentials")
    enter = ("nsenter", "--target", str(run.process.pid), "--mount", *user)
    script = 'for table in runs points requests telemetry; do mount --bind "$1/$table" "$1/$table"'
    script += ' && mount -o remount,bind,ro "$1/$table" || exit 1; done'
    subprocess.run((*enter, "/bin/sh", "-c", script, "sh", str(folder)), check=True)


@pytest.mark.parametrize(
    ("spoil", "reason"), [(fill, "No space left on device"), (make_read_only, "Read-only file system")]
)
def test_a_disk_that_fails_while_a_point_is_recorded(
    case: Case, api: str, spoil: Callable[[RunningCommand, Path], None], reason: str
) -> None:
    case.load = ((1, 3), (2, 20))
    with servegauge(case, api, prefix=small_disk(case.results, "8m")) as run:
        # This process sees the state of the fake vLLM, but not the results, which are on the command's disk.
        case.wait_for_requests(SECOND_POINT)
        (first,) = (path_inside(run.process.pid, case.results) / "points").glob("*.parquet")
        spoil(run, case.results)
        content = first.read_bytes()
        assert case.all_ended()  # the run ends, and its server with it
        code, output = run.wait(), run.stderr()
    assert code == 1
    assert reason in output
    assert "Traceback" not in output
    assert content[-4:] == b"PAR1"


def test_results_that_vanish(case: Case, api: str) -> None:
    spec = case.spec()

    def remove() -> None:
        case.wait_for_requests(SECOND_POINT)
        shutil.rmtree(case.results, ignore_errors=True)

    with (
        injecting(remove),
        pytest.raises(MeasureError, match="of 2 measurements failed"),
    ):
        benchmark(spec=spec, results=str(case.results))
    assert case.table("runs")["outcome"].to_list() == ["failed"]
    assert until(lambda: not list(case.results.rglob("*.tmp")))

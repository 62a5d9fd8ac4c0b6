"""Jobs in measuring processes: what they return, how they fail, and that no process is left."""

from __future__ import annotations

import os
import signal
import time

import psutil
import pytest

from tasks.errors import MeasureError, ServerDied
from tasks.measure.processes.run_jobs import run_job, run_jobs
from tests.measure.conftest import KEY, MakeJob
from tests.measure.processes.run_worker import WORKERS, run_worker

pytestmark = pytest.mark.usefixtures("warm")


def running_children() -> list[psutil.Process]:
    """The children of the fork server."""
    fork_server_and_tracker = psutil.Process().children()
    return [child for parent in fork_server_and_tracker for child in parent.children()]


def test_a_job_returns_its_value_and_reports_its_progress(make_job: MakeJob) -> None:
    counts: list[int] = []
    target = f"{WORKERS}:prints_and_reports"
    value = run_job(target, make_job(), check=lambda: None, progress=counts.append, timeout_s=60)
    assert (value, counts) == ("repeat 0", [1, 2, 3])


def test_progress_is_the_sum_of_all_jobs_and_values_are_in_their_order(make_job: MakeJob) -> None:
    counts: list[int] = []
    jobs = [make_job().model_copy(update={"repeat": repeat}) for repeat in (0, 1)]
    target = f"{WORKERS}:prints_and_reports"
    values = run_jobs(target, jobs, check=lambda: None, progress=counts.append, timeout_s=60)
    assert values == ("repeat 0", "repeat 1")
    assert (len(counts), counts[-1]) == (6, 6)


def test_jobs_start_together(make_job: MakeJob) -> None:
    jobs = [make_job().model_copy(update={"repeat": repeat}) for repeat in (0, 1)]
    target = f"{WORKERS}:start_times"
    times = run_jobs(target, jobs, check=lambda: None, progress=lambda finished: None, timeout_s=60)
    ready, (first, second) = zip(*times, strict=True)
    assert first == second > max(ready)


def test_a_failure_is_one_line_without_the_key(make_job: MakeJob) -> None:
    with pytest.raises(MeasureError) as caught:
        run_worker("raises_with_key", make_job())
    assert "ValueError: the key *** is wrong" in caught.value.what
    assert "\n" not in caught.value.what
    assert KEY not in caught.value.what


@pytest.mark.parametrize("worker", ["crashes", "no_such_function"])
def test_a_crash_is_a_measure_error(make_job: MakeJob, worker: str) -> None:
    with pytest.raises(MeasureError):
        run_worker(worker, make_job())
    assert not running_children()


def test_a_worker_that_cannot_be_imported_is_named(make_job: MakeJob) -> None:
    with pytest.raises(MeasureError, match="No module named"):
        run_job(
            "tasks.none_worker:run",
            make_job(),
            check=lambda: None,
            progress=lambda finished: None,
            timeout_s=60,
        )


def test_a_job_is_killed_at_its_time_limit(make_job: MakeJob) -> None:
    with pytest.raises(MeasureError, match="time limit"):
        run_worker("hangs", make_job(), timeout_s=1)
    assert not running_children()


def test_a_stopped_process_fails_its_job(make_job: MakeJob) -> None:
    def stop(finished: int) -> None:
        for process in running_children():
            os.kill(process.pid, signal.SIGSTOP)

    with pytest.raises(MeasureError, match="was stopped"):
        run_job(f"{WORKERS}:hangs", make_job(), check=lambda: None, progress=stop, timeout_s=60)
    assert not running_children()


@pytest.mark.parametrize("error", [ServerDied("gone", "restart"), KeyboardInterrupt()])
def test_an_error_of_the_check_ends_the_child(make_job: MakeJob, error: BaseException) -> None:
    calls = iter(range(100))

    def check() -> None:
        if next(calls) == 3:
            raise error

    started_at = time.monotonic()
    with pytest.raises(type(error)):
        run_worker("hangs", make_job(), check=check)
    assert time.monotonic() - started_at < 60  # the worker would hang for ten minutes
    assert not running_children()

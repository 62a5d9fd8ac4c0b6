"""Runs a worker function of workers.py in a measuring process."""

from __future__ import annotations

from collections.abc import Callable

from tasks.measure.jobs import PointJob
from tasks.measure.processes.run_jobs import run_job

WORKERS = "tests.measure.processes.workers"


def run_worker(
    name: str, job: PointJob, timeout_s: float = 60, check: Callable[[], None] = lambda: None
) -> object:
    """Call a worker function on a job in a process, and return its value."""
    target = f"{WORKERS}:{name}"
    return run_job(target, job, check=check, progress=lambda finished: None, timeout_s=timeout_s)

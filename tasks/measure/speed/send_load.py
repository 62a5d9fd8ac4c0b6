"""Sends the load of a point: runs its load processes and reads their rows."""

from __future__ import annotations

import os
from collections.abc import Callable
from itertools import chain

from tasks.errors import MeasureError
from tasks.measure.jobs import PointJob
from tasks.measure.processes.run_jobs import run_jobs
from tasks.measure.row_files import REQUESTS, read_rows
from tasks.measure.speed.measurement import Measurement
from tasks.measure.speed.process_window import Window
from tasks.measure.speed.request_row import RequestRow

WORKER = "tasks.measure.speed.point_worker:run"
SLOTS_A_CLIENT = 64
"""Slots per load process; up to about this number, a load process keeps the audit's time limits."""


def measure_point(
    job: PointJob, check: Callable[[], None], progress: Callable[[int, int], None]
) -> Measurement:
    """Measure one point.

    Args:
        job: what to measure; its folder keeps requests.jsonl and worker.log, in a subfolder per process if
            several processes share the point.
        check: raises ServerDied to end a measurement that has become useless; called several times a
            second.
        progress: called with (requests finished, requests in all), warm-up included.

    Returns:
        The rows of all processes, even if no request succeeded.

    Raises:
        MeasureError: a measuring process failed, died or ran out of time.
    """
    jobs = _shared_out(job)
    for each in jobs:
        (each.folder / REQUESTS).unlink(missing_ok=True)
    found = run_jobs(
        WORKER, jobs, check=check, progress=lambda done: progress(done, job.total), timeout_s=job.limit_s
    )
    windows = [window for window in found if isinstance(window, Window)]
    rows = _rows(jobs)
    if sum(window.sent for window in windows) != len(rows):
        raise MeasureError("a measuring process lost rows", f"read the logs in {job.folder}, and run again")
    return Measurement(
        rows=rows,
        duration_s=_duration_s(windows),
        readings=tuple(chain.from_iterable(window.readings for window in windows)),
    )


def clients(job: PointJob) -> int:
    """Return how many processes share a point; `auto` keeps one CPU free for the server.

    Conversations stay whole in one process.
    """
    if job.sweep.conversation is not None:
        return 1
    wanted = job.sweep.clients
    if isinstance(wanted, int):
        return wanted
    able = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(1 + (job.load.slots - 1) // SLOTS_A_CLIENT, able - 1))


def _shared_out(job: PointJob) -> tuple[PointJob, ...]:
    parts = job.parts(clients(job))
    if len(parts) == 1:
        return (job,)
    return tuple(
        job.model_copy(update={"only": part, "folder": job.folder / f"client-{part.number}"})
        for part in parts
    )


def _rows(jobs: tuple[PointJob, ...]) -> tuple[RequestRow, ...]:
    rows = chain.from_iterable(read_rows(job.folder / REQUESTS, RequestRow) for job in jobs)
    try:
        return tuple(sorted(rows, key=lambda row: row.index))
    except OSError as error:
        raise MeasureError(
            f"what was measured cannot be read back: {error.strerror}", "leave a run's files where they are"
        ) from error


def _duration_s(windows: list[Window]) -> float:
    """Return the seconds from the first measured request to the end of the last one, of all processes."""
    seen = [window for window in windows if window.end]
    return max(window.end for window in seen) - min(window.start for window in seen) if seen else 0.0

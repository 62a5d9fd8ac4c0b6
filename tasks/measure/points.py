"""Measures a load point: runs its process, reads its rows, computes its figures."""

from __future__ import annotations

from collections.abc import Callable

from tasks.measure.figures import point_result
from tasks.measure.jobs import PointJob
from tasks.measure.pool import run_job
from tasks.measure.results import PointResult, RequestRow
from tasks.measure.rows import REQUESTS, read_rows

WORKER = "tasks.measure.point_worker:run"


def measure_point(
    job: PointJob, check: Callable[[], None], progress: Callable[[int, int], None]
) -> tuple[PointResult, tuple[RequestRow, ...]]:
    """Measure one point.

    Args:
        job: what to measure; its folder keeps requests.jsonl and worker.log.
        check: raises (ServerDied) when going on is pointless; called several times a second.
        progress: called with (requests finished, requests in all), warm-up included.

    Returns:
        Figures and rows, in order of sending. A point without one success is a result too: `succeeded` is 0.

    Raises:
        MeasureError: the measuring process failed, died or ran out of time.
    """
    (job.folder / REQUESTS).unlink(missing_ok=True)
    duration = run_job(
        WORKER, job, check=check, progress=lambda done: progress(done, job.total), timeout_s=job.limit_s
    )
    rows = tuple(sorted(read_rows(job.folder / REQUESTS, RequestRow), key=lambda row: row.index))
    return point_result(job, rows, float(str(duration))), rows

"""`servegauge worker`: makes this machine's place and queue on the server, then becomes Prefect's worker."""

from __future__ import annotations

import os
import sys

from operate.prefect_api import PrefectApi, prefect_api
from operate.work_pool import CONTROL, POOL, gpu_slot_name, host_queue

CONTROL_LIMIT = 8
"""Flows that only wait for others, or read tables."""


def run_worker(control: bool) -> None:
    """Replace this process by a worker: of the machine's GPUs, one run at a time, or of the queue `control`.

    Raises:
        InputError: no server is configured.
        ExecutionError: the server cannot be reached.
    """
    host = host_queue()
    with prefect_api() as api:
        make_gpu_slot(api)
    limit, names = (CONTROL_LIMIT, (CONTROL,)) if control else (1, ("default", host))
    argv = [sys.executable, "-m", "prefect", "worker", "start", "--pool", POOL, "--type", "process"]
    argv += ["--name", f"{'control' if control else 'worker'}-{host}", "--limit", str(limit)]
    for name in names:
        argv += ["--work-queue", name]
    os.execv(sys.executable, argv)


def make_gpu_slot(api: PrefectApi) -> str:
    """The pool, this machine's queue and its one place, where they are not there yet; returns the place."""
    place = gpu_slot_name()
    api.make("/work_pools/", POOL, {"name": POOL, "type": "process"})
    # A worker polls none of its queues where one of them is missing.
    for queue in (CONTROL, host_queue()):
        api.make(f"/work_pools/{POOL}/queues", queue, {"name": queue})
    api.make("/v2/concurrency_limits/", place, {"name": place, "limit": 1, "active": True})
    return place

"""The worker of this machine, and what it needs on the Prefect server: work pool, queues and GPU slot."""

from __future__ import annotations

import os
import sys

from operate.prefect_api import PrefectApi, prefect_api
from operate.work_pool import CONTROL, POOL, gpu_slot_name, host_queue
from tasks.config.permissions import allowed_by_operator

CONTROL_LIMIT = 8
"""The most flows of the queue `control` that run at the same time."""


def run_worker(control: bool) -> None:
    """Replace this process by a Prefect worker that runs the flows of this checkout alone.

    Args:
        control: serve the queue `control`; else this machine's queue and `default`, one run at a time.

    Raises:
        InputError: no Prefect server is configured, or SERVEGAUGE_ALLOW names something unknown.
        ExecutionError: the server cannot be reached.
    """
    allowed_by_operator()
    host = host_queue()
    with prefect_api() as api:
        create_gpu_slot(api)
    limit, names = (CONTROL_LIMIT, (CONTROL,)) if control else (1, ("default", host))
    argv = [sys.executable, "-P", "-m", "operate.flow_worker"]
    argv += ["--name", f"{'control' if control else 'worker'}-{host}", "--limit", str(limit)]
    for name in names:
        argv += ["--work-queue", name]
    os.execv(sys.executable, argv)


def create_gpu_slot(api: PrefectApi) -> str:
    """Create the work pool, this machine's queue and its GPU slot if they are missing.

    Returns:
        The name of the slot's concurrency limit.
    """
    slot = gpu_slot_name()
    api.create_missing("/work_pools/", POOL, {"name": POOL, "type": "process"})
    # A worker polls none of its queues while one of them is missing.
    for queue in (CONTROL, host_queue()):
        api.create_missing(f"/work_pools/{POOL}/queues", queue, {"name": queue})
    api.create_missing("/v2/concurrency_limits/", slot, {"name": slot, "limit": 1, "active": True})
    return slot

"""A Prefect worker that runs the flows of this checkout alone, whatever the server says about a run."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from contextlib import suppress
from typing import Any

from prefect.client.schemas.objects import FlowRun
from prefect.flows import Flow
from prefect.runner import runner as prefect_runner
from prefect.settings import PREFECT_WORKER_HEARTBEAT_SECONDS, PREFECT_WORKER_PREFETCH_SECONDS
from prefect.utilities.processutils import command_to_string, setup_signal_handlers_worker
from prefect.workers import process as prefect_process
from prefect.workers.process import ProcessJobConfiguration, ProcessWorker

from operate.work_pool import POOL
from tasks.config.home import checkout
from tasks.config.permission_rules import ENV
from tasks.config.permissions import allowed_by_operator

COMMAND = (sys.executable, "-P", "-m", "flows.run.flow_process")
HEARTBEAT = ("PREFECT_FLOWS_HEARTBEAT_FREQUENCY", "30")
"""deployments/automations.yaml waits for heartbeats."""


class FixedJob(ProcessJobConfiguration):
    """A job whose command, folder and variables do not come from the Prefect server.

    A caller of Prefect's API can set them for a run, a deployment or the work pool, and thereby run any
    program. A run's variables are used if the operator allows `env`.
    """

    def prepare_for_flow_run(self, *arguments: Any, **options: Any) -> None:
        """Replace the server's values in the job."""
        from_server = self.env if ENV in allowed_by_operator() else {}
        self.env = {**dict([HEARTBEAT]), **from_server}
        self.command = command_to_string(list(COMMAND))
        self.working_dir = checkout()
        super().prepare_for_flow_run(*arguments, **options)


class FixedWorker(ProcessWorker):
    """A worker of the pool's type whose jobs are fixed."""

    type = "servegauge"
    job_configuration = FixedJob


async def _flow_without_hooks(flow_run: FlowRun, *arguments: Any, **options: Any) -> Flow[..., Any]:
    """A flow for the search for hooks: the flows have none, and a deployment's pull steps must not run."""
    return Flow(fn=_nothing, name=flow_run.name)


def _nothing() -> None:
    """What no run calls."""


def main() -> None:
    """Run a worker until SIGTERM."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--name", required=True)
    parser.add_argument("--limit", type=int, required=True)
    parser.add_argument("--work-queue", action="append", required=True)
    options = parser.parse_args()
    for module in (prefect_process, prefect_runner):  # Prefect has no setting for it
        module.__dict__["load_flow_from_flow_run"] = _flow_without_hooks
    FixedWorker.type = ProcessWorker.type  # registered under a name of its own, it serves a pool of that type
    with suppress(KeyboardInterrupt):
        asyncio.run(_work(options))


async def _work(options: argparse.Namespace) -> None:
    worker = FixedWorker(
        name=options.name,
        work_pool_name=POOL,
        work_queues=options.work_queue,
        limit=options.limit,
        prefetch_seconds=PREFECT_WORKER_PREFETCH_SECONDS.value(),
        heartbeat_interval_seconds=int(PREFECT_WORKER_HEARTBEAT_SECONDS.value()),
    )
    # Inside the event loop, as Prefect's own command does it: it forwards the signal to asyncio's handler.
    setup_signal_handlers_worker(os.getpid(), "the process worker", print)
    try:
        await worker.start()
    except asyncio.CancelledError:
        print(f"Worker {worker.name!r} stopped!")


if __name__ == "__main__":
    main()

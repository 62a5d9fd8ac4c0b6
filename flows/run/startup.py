"""The start and the restart of a run's server as Prefect tasks, which end when the server is ready."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future

from flows.run.background import result_of
from flows.run.flow_task import task
from tasks.config.base import Frozen
from tasks.probe.ready import wait_ready
from tasks.serve.endpoint import Endpoint
from tasks.serve.process import ServerProcess


class Startup(Frozen):
    """A server that became ready: where it answers, and the seconds of each phase of its start."""

    endpoint: Endpoint
    seconds: Mapping[str, float]


@task(name="start server", task_run_name="start server")
def start_server(process: ServerProcess, ready: Future[float]) -> Startup:
    """Wait until a server whose process was just started is ready.

    Args:
        process: the server's process.
        ready: the seconds from the start of the process, once the server is ready.

    Raises:
        ServerStartError: the process ended, or the timeout passed.
    """
    return _startup(process, result_of(ready))


@task(name="restart server", task_run_name="restart server")
def restart_server(process: ServerProcess, timeout_s: float) -> Startup:
    """Start a server again that died, and wait until it is ready. Its address may have changed.

    Raises:
        ServerStartError: the process cannot be started or ended, or the timeout passed.
    """
    process.restart()
    return _startup(process, wait_ready(process.endpoint, process.check, timeout_s, log=process.log))


def _startup(process: ServerProcess, ready_s: float) -> Startup:
    return Startup(endpoint=process.endpoint, seconds={"total": ready_s, **process.startup_times()})

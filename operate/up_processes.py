"""The Prefect server and the workers of `servegauge up`: their start, and the wait until they are ready."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import httpx

from operate.children import Child
from operate.prefect_api import PrefectApi
from operate.up_settings import UpSettings
from operate.work_pool import POOL
from tasks.errors import ExecutionError, InputError

START_LIMIT_S = 120.0


@contextmanager
def running_server(settings: UpSettings, stop: threading.Event) -> Iterator[Child]:
    """Start the Prefect server and yield it once it answers; end it at the end of the block."""
    if _answers(settings):
        raise InputError(
            f"{settings.address} answers already", "give another --port, or stop what listens there"
        )
    options = ["--host", settings.host, "--port", str(settings.port)]
    if not settings.auth:  # a password is passed in the environment variables
        options.append("--no-auth")
    argv = (sys.executable, "-P", "-m", "cli.main", "prefect-server", *options)
    server = Child("server", argv, settings.variables, settings.folder / "server.log")
    try:
        _wait_for_server(server, settings, stop)
        yield server
    finally:
        server.end()


def _wait_for_server(server: Child, settings: UpSettings, stop: threading.Event) -> None:
    deadline = time.monotonic() + START_LIMIT_S
    while not _answers(settings):
        if stop.wait(0.25):
            raise KeyboardInterrupt
        if not server.alive or time.monotonic() > deadline:
            raise ExecutionError("the Prefect server did not start", f"read {server.log}", server.tail())


def _answers(settings: UpSettings) -> bool:
    try:
        response = httpx.get(f"{settings.api_url}/health", timeout=2, trust_env=False)
    except httpx.HTTPError:
        return False
    return response.status_code < 500


@contextmanager
def running_workers(settings: UpSettings) -> Iterator[tuple[Child, ...]]:
    """Start a worker that executes one run at a time, and one for flows that wait for runs or read tables."""
    with ExitStack() as stack:
        children = []
        for name, options in {"worker": (), "control": ("--control",)}.items():
            argv = (sys.executable, "-P", "-m", "cli.main", "worker", *options)
            child = Child(name, argv, settings.variables, settings.folder / f"{name}.log")
            stack.callback(child.end)
            children.append(child)
        yield tuple(children)


def wait_for_workers(settings: UpSettings, workers: tuple[Child, ...], stop: threading.Event) -> None:
    """Wait until the server lists each worker as online: then a new run starts at once."""
    deadline = time.monotonic() + START_LIMIT_S
    with PrefectApi(settings.api_url, settings.auth) as api:
        while not stop.wait(0.5):
            if _online_workers(api) >= len(workers):
                return
            exited = [worker for worker in workers if not worker.alive]
            if exited or time.monotonic() > deadline:
                late = exited[0] if exited else workers[0]
                raise ExecutionError(f"the {late.name} did not start", f"read {late.log}", late.tail())


def _online_workers(api: PrefectApi) -> int:
    """Return how many workers are online, or 0 if the server answers too late, as on a busy machine."""
    try:
        workers = api.send("POST", f"/work_pools/{POOL}/workers/filter", {})
    except httpx.HTTPError:
        return 0
    return sum(worker["status"] == "ONLINE" for worker in workers)

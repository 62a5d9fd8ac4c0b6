"""`servegauge up`: a Prefect server, the deployments and the workers on this machine, until it is stopped."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import FrameType

import httpx
from rich.console import Console

from operate.children import Child
from operate.end_runs import end_runs, pause_pool
from operate.prefect_api import PrefectApi
from operate.up_settings import UpSettings
from operate.work_pool import POOL
from tasks.config.home import checkout
from tasks.errors import ExecutionError, InputError
from tasks.serve.loopback import is_loopback

START_LIMIT_S = 120.0
DETAIL_CHARACTERS = 4000
console = Console(stderr=True, highlight=False)


def run_up(settings: UpSettings) -> None:
    """Start everything and wait; Ctrl-C or SIGTERM stops it all.

    Raises:
        InputError: --auth is not user:password, it already runs, or something else answers at its address.
        ExecutionError: the server or a worker does not start, or the deployments are refused.
    """
    if settings.auth is not None and not all(settings.auth.partition(":")):
        raise InputError("--auth is not user:password", "write both, with a colon between them")
    with _only_one(settings), _stop_event() as stop, _server(settings, stop) as server:
        _deploy(settings)
        pause_pool(settings, False)
        with _workers(settings) as workers:
            _wait_for_workers(settings, workers, stop)
            _print_addresses(settings)
            _keep_running((server, *workers), stop)
            console.print("stopping: runs first, then the workers, then the server")
            end_runs(settings)


def _keep_running(children: tuple[Child, ...], stop: threading.Event) -> None:
    """Restart what exits until `stop` is set."""
    while not stop.wait(1.0):
        for child in children:
            if child.restart_if_exited():
                console.print(f"the {child.name} exited and was started again, log {child.log}")


@contextmanager
def _only_one(settings: UpSettings) -> Iterator[None]:
    """Hold the lock of Prefect's folder. Raises InputError while another `servegauge up` holds it."""
    folder = settings.folder
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)  # Prefect creates its database readable for everybody
    with (folder / "up.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            raise InputError(
                f"servegauge is up already: {lock.read().strip() or folder}",
                "use that one, or stop it with Ctrl-C (or SIGTERM)",
            ) from None
        lock.truncate(0)
        lock.write(f"{settings.address} (process {os.getpid()})")
        lock.flush()
        yield


@contextmanager
def _stop_event() -> Iterator[threading.Event]:
    """An event that the first Ctrl-C or SIGTERM sets."""
    stop = threading.Event()

    def set_stop(signum: int, frame: FrameType | None) -> None:
        stop.set()

    previous = {number: signal.signal(number, set_stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


@contextmanager
def _server(settings: UpSettings, stop: threading.Event) -> Iterator[Child]:
    """The Prefect server, from its first answer on; ended at the end of the block."""
    if _answers(settings):
        raise InputError(
            f"{settings.address} answers already", "give another --port, or stop what listens there"
        )
    options = ("--host", settings.host, "--port", str(settings.port))
    argv = (sys.executable, "-m", "prefect", "server", "start", *options)
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


def _deploy(settings: UpSettings) -> None:
    argv = (sys.executable, "-P", "-m", "cli.main", "deploy")
    done = subprocess.run(
        argv,
        env=settings.variables,
        cwd=checkout(),
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,  # Ctrl-C must not interrupt it halfway; `up` stops when it has ended
    )
    if done.returncode:
        detail = (done.stdout + done.stderr)[-DETAIL_CHARACTERS:]
        raise ExecutionError("servegauge deploy failed", "correct what it says above", detail)


@contextmanager
def _workers(settings: UpSettings) -> Iterator[tuple[Child, ...]]:
    """One worker for runs, one at a time, and one for the flows that wait for runs or read tables."""
    with ExitStack() as stack:
        children = []
        for name, options in {"worker": (), "control": ("--control",)}.items():
            argv = (sys.executable, "-P", "-m", "cli.main", "worker", *options)
            child = Child(name, argv, settings.variables, settings.folder / f"{name}.log")
            stack.callback(child.end)
            children.append(child)
        yield tuple(children)


def _wait_for_workers(settings: UpSettings, workers: tuple[Child, ...], stop: threading.Event) -> None:
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
    """How many workers are online; 0 while the server answers too late, as on a busy machine."""
    try:
        workers = api.send("POST", f"/work_pools/{POOL}/workers/filter", {})
    except httpx.HTTPError:
        return 0
    return sum(worker["status"] == "ONLINE" for worker in workers)


def _print_addresses(settings: UpSettings) -> None:
    lines = [
        f"servegauge is up: [bold]{settings.address}[/]",
        f"  in another terminal: export PREFECT_API_URL={settings.api_url}",
    ]
    if settings.auth:
        lines.append("  and set PREFECT_API_AUTH_STRING to user:password")
    elif not is_loopback(settings.host):
        lines.append("  [yellow]anybody who reaches this machine can start runs: see --auth[/]")
    lines.append(f"  results {settings.results_text} · logs {settings.folder} · Ctrl-C stops all of it")
    for line in lines:
        console.print(line, soft_wrap=True)

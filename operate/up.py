"""`servegauge up`: a Prefect server, the deployments and the workers on this machine, until it is stopped."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from rich.console import Console

from operate.children import Child
from operate.end_runs import end_runs, pause_pool
from operate.server_password import print_password, server_password
from operate.up_processes import running_server, running_workers, wait_for_workers
from operate.up_settings import UpSettings
from tasks.config.home import checkout
from tasks.config.permissions import allowed_by_operator
from tasks.errors import ExecutionError, InputError
from tasks.serve.loopback import is_loopback

DETAIL_CHARACTERS = 4000
console = Console(stderr=True, highlight=False)


def run_up(settings: UpSettings) -> None:
    """Start everything and wait; Ctrl-C or SIGTERM stops it all.

    Raises:
        InputError: --auth is not user:password, SERVEGAUGE_ALLOW names something unknown, `servegauge up`
            already runs, or something else answers at its address.
        ExecutionError: the server or a worker does not start, or the deployments are refused.
    """
    allowed_by_operator()
    password = server_password(settings.host, settings.auth, settings.no_auth, settings.folder)
    print_password(password, console)
    settings = settings.model_copy(update={"auth": password.auth})
    with _only_one(settings), _stop_event() as stop, running_server(settings, stop) as server:
        _deploy(settings)
        pause_pool(settings, False)
        with running_workers(settings) as workers:
            wait_for_workers(settings, workers, stop)
            _print_addresses(settings)
            _keep_running((server, *workers), stop)
            console.print("stopping: runs first, then the workers, then the server")
            end_runs(settings)


def _keep_running(children: tuple[Child, ...], stop: threading.Event) -> None:
    """Restart each process that exits, until `stop` is set."""
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
    """Yield an event that the first Ctrl-C or SIGTERM sets."""
    stop = threading.Event()

    def set_stop(signum: int, frame: FrameType | None) -> None:
        stop.set()

    previous = {number: signal.signal(number, set_stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def _deploy(settings: UpSettings) -> None:
    argv = (sys.executable, "-P", "-m", "cli.main", "deploy")
    done = subprocess.run(
        argv,
        env=settings.variables,
        cwd=checkout(),
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,  # Ctrl-C must not interrupt the command; `up` stops after it
    )
    if done.returncode:
        detail = (done.stdout + done.stderr)[-DETAIL_CHARACTERS:]
        raise ExecutionError("servegauge deploy failed", "correct what it says above", detail)


def _print_addresses(settings: UpSettings) -> None:
    lines = [
        f"servegauge is up: [bold]{settings.address}[/]",
        f"  in another terminal: export PREFECT_API_URL={settings.api_url}",
    ]
    if settings.auth:
        lines.append("  and set PREFECT_API_AUTH_STRING to user:password")
    elif not is_loopback(settings.host):
        lines.append("  [yellow]--no-auth: anybody who reaches this machine can start runs[/]")
    lines.append(f"  results {settings.results_text} · logs {settings.folder} · Ctrl-C stops all of it")
    for line in lines:
        console.print(line, soft_wrap=True)

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
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from types import FrameType

import httpx
from rich.console import Console

from operate.children import Child
from operate.prefect_api import PrefectApi
from operate.work_pool import POOL
from tasks.config.base import Frozen
from tasks.config.home import checkout, home
from tasks.config.results_location import ResultsLocation
from tasks.errors import ExecutionError, InputError
from tasks.serve.loopback import is_loopback

START_LIMIT_S = 120.0
STOP_LIMIT_S = 30.0
UNDER_WAY = ["PENDING", "RUNNING", "CANCELLING"]
console = Console(stderr=True, highlight=False)


class Up(Frozen):
    """What `servegauge up` was asked for."""

    host: str = "127.0.0.1"
    port: int = 4200
    auth: str | None = None
    results: ResultsLocation = ResultsLocation(folder=Path("results"))

    @property
    def address(self) -> str:
        """Where a browser on this machine finds the UI."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"


def settings(up: Up, folder: Path) -> dict[str, str]:
    """Prefect's settings for server, workers and commands; the password only ever as a variable."""
    found = {
        "PREFECT_HOME": str(folder),
        "PREFECT_API_URL": f"{up.address}/api",
        "PREFECT_SERVER_UI_API_URL": "/api",  # whatever name a browser has for this machine
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        # In memory, a restart of the server would crash the run that holds the place and keep it taken.
        "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
        "PREFECT_SERVER_EPHEMERAL_ENABLED": "false",
        "PREFECT_WORKER_QUERY_SECONDS": "2",
        "SERVEGAUGE_RESULTS": _absolute(up.results),
        "PYTHONUNBUFFERED": "1",
    }
    if up.auth:
        found |= {"PREFECT_SERVER_API_AUTH_STRING": up.auth, "PREFECT_API_AUTH_STRING": up.auth}
    return found


def _absolute(results: ResultsLocation) -> str:
    return str(results) if results.bucket else str(results.folder.resolve())


def run_up(up: Up) -> None:
    """Start everything and wait; Ctrl-C or SIGTERM stops it all.

    Raises:
        InputError: the password has no colon, or it runs already.
        ExecutionError: a part does not start, or ends by itself again and again.
    """
    if up.auth is not None and not all(up.auth.partition(":")):
        raise InputError("--auth is not user:password", "write both, with a colon between them")
    folder = home() / "prefect"
    with _alone(folder, up):
        env = {**os.environ, **settings(up, folder)}
        with _stopping() as stop, _server(up, env, folder, stop) as server:
            _deploy(env)
            _paused(up, False)
            with _workers(up, env, folder) as workers:
                _wait_for_workers(up, workers, stop)
                _greet(up, folder)
                while not stop.wait(1.0):
                    for child in (server, *workers):
                        if child.keep():
                            console.print(
                                f"the {child.name} had ended and was started again, log {child.log}"
                            )
                console.print("stopping: runs first, then the workers, then the server")
                _end_runs(up)


@contextmanager
def _alone(folder: Path, up: Up) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.chmod(0o700)  # Prefect's database is readable for all; its folder is not
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
        lock.write(f"{up.address} (process {os.getpid()})")
        lock.flush()
        yield


@contextmanager
def _stopping() -> Iterator[threading.Event]:
    """An event that the first Ctrl-C or SIGTERM sets."""
    stop = threading.Event()

    def heard(signum: int, frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, heard) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _server(up: Up, env: dict[str, str], folder: Path, stop: threading.Event) -> Iterator[Child]:
    if _answers(up):
        raise InputError(f"{up.address} answers already", "give another --port, or stop what listens there")
    argv = ("-m", "prefect", "server", "start", "--host", up.host, "--port", str(up.port))
    server = Child("server", (sys.executable, *argv), env, folder / "server.log")
    try:
        _wait_for(server, up, stop)
        yield server
    finally:
        server.end()


def _wait_for(server: Child, up: Up, stop: threading.Event) -> None:
    deadline = time.monotonic() + START_LIMIT_S
    while not _answers(up):
        if stop.wait(0.25):
            raise KeyboardInterrupt
        if not server.alive or time.monotonic() > deadline:
            raise ExecutionError("the Prefect server did not start", f"read {server.log}", server.tail())


def _answers(up: Up) -> bool:
    try:
        return httpx.get(f"{up.address}/api/health", timeout=2, trust_env=False).status_code < 500
    except httpx.HTTPError:
        return False


def _deploy(env: dict[str, str]) -> None:
    argv = (sys.executable, "-P", "-m", "cli.main", "deploy")
    # A session of its own: Ctrl-C is ours, and heard when it has ended.
    answer = subprocess.run(
        argv, env=env, cwd=checkout(), capture_output=True, text=True, check=False, start_new_session=True
    )
    if answer.returncode:
        tail = (answer.stdout + answer.stderr)[-4000:]
        raise ExecutionError("the deployments could not be made", "mend what stands above", tail)


@contextmanager
def _workers(up: Up, env: dict[str, str], folder: Path) -> Iterator[tuple[Child, ...]]:
    """One worker for runs, one at a time; one for the flows that only wait for runs or read tables."""
    with ExitStack() as stack:
        started = []
        for name, options in {"worker": (), "control": ("--control",)}.items():
            argv = (sys.executable, "-P", "-m", "cli.main", "worker", *options)
            child = Child(name, argv, env, folder / f"{name}.log")
            stack.callback(child.end)
            started.append(child)
        yield tuple(started)


def _wait_for_workers(up: Up, workers: tuple[Child, ...], stop: threading.Event) -> None:
    """Until each has reported to the server, so that a run started now is taken up at once."""
    deadline = time.monotonic() + START_LIMIT_S
    with PrefectApi(f"{up.address}/api", up.auth) as api:
        while not stop.wait(0.5):
            with suppress(httpx.HTTPError):  # a crowded machine's server may be late; the deadline counts
                found = api.send("POST", f"/work_pools/{POOL}/workers/filter", {})
                if sum(worker["status"] == "ONLINE" for worker in found) >= len(workers):
                    return
            dead = next((worker for worker in workers if not worker.alive), None)
            if dead or time.monotonic() > deadline:
                late = dead or workers[0]
                raise ExecutionError(f"the {late.name} did not start", f"read {late.log}", late.tail())


def _greet(up: Up, folder: Path) -> None:
    console.print(f"servegauge is up: [bold]{up.address}[/]", soft_wrap=True)
    console.print(
        f"  another terminal reaches it with: export PREFECT_API_URL={up.address}/api", soft_wrap=True
    )
    if up.auth:
        console.print("  and with PREFECT_API_AUTH_STRING set to user:password")
    elif not is_loopback(up.host):
        console.print("  [yellow]anybody who reaches this machine can start runs: see --auth[/]")
    console.print(
        f"  results {_absolute(up.results)} · logs {folder} · Ctrl-C stops all of it", soft_wrap=True
    )


def _paused(up: Up, paused: bool) -> None:
    """Whether runs that wait in line go on waiting."""
    with PrefectApi(f"{up.address}/api", up.auth) as api:
        api.send("PATCH", f"/work_pools/{POOL}", {"is_paused": paused})


def _end_runs(up: Up) -> None:
    """Cancel what is under way and wait for it, so that every run says how it ended."""
    under_way = {"flow_runs": {"state": {"type": {"any_": UNDER_WAY}}}}
    cancelling = {"state": {"type": "CANCELLING", "message": "servegauge up is stopping"}}
    deadline = time.monotonic() + STOP_LIMIT_S
    asked: set[str] = set()
    with suppress(httpx.HTTPError):
        _paused(up, True)  # or the next one in line begins where one ends, and ends with its worker
    with PrefectApi(f"{up.address}/api", up.auth) as api:
        while time.monotonic() < deadline:
            try:
                runs = api.send("POST", "/flow_runs/filter", under_way)
                for run in (run for run in runs if run["id"] not in asked):
                    api.send("POST", f"/flow_runs/{run['id']}/set_state", cancelling)
                    asked.add(run["id"])
            except httpx.HTTPError:
                return
            if not runs:
                return
            time.sleep(0.5)

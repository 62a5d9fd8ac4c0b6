"""Several machines on one: API servers, workers, a database and Redis, each a process of the tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import httpx

from tests.helpers.ports import free_port
from tests.helpers.wait import until
from tests.operate.upper import ROOT, Server

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
INITDB = BINARIES[-1] if BINARIES else shutil.which("initdb")
REDIS = shutil.which("redis-server")
FOREIGN = ("PREFECT_", "SERVEGAUGE_")
WORKERS = "/work_pools/gpu/workers/filter"


class Site:
    """Processes that end with the `with` block, in reverse order."""

    def __init__(self, folder: Path, results: Path, settings: Mapping[str, str]) -> None:
        self._folder, self._stack = folder, ExitStack()
        kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
        own = {"HOME": str(folder), "SERVEGAUGE_RESULTS": str(results), "PYTHONPATH": str(ROOT)}
        quick = {"PREFECT_WORKER_QUERY_SECONDS": "2", "PREFECT_SERVER_ANALYTICS_ENABLED": "false"}
        self.env = {**kept, **own, **quick, **settings}

    def __enter__(self) -> Site:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def start(self, name: str, *argv: str, **variables: str) -> subprocess.Popen[bytes]:
        """Start `python -m …` with a log of its own."""
        log = self._stack.enter_context((self._folder / f"{name}.log").open("wb"))
        env = self.env | {"PREFECT_HOME": str(self._folder / name)} | variables
        command = (sys.executable, "-m", *argv)
        child = subprocess.Popen(command, env=env, cwd=ROOT, stdout=log, stderr=log)
        self._stack.callback(child.wait, 60)
        self._stack.callback(child.terminate)
        return child

    def api(self, name: str, *options: str) -> Server:
        """Start an API server and wait until it answers."""
        port = free_port()
        self.start(
            name, *("prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)), *options
        )
        server = Server(f"http://127.0.0.1:{port}")
        assert until(lambda: answers(server), 120, 0.2), (self._folder / f"{name}.log").read_text()
        return server

    def run(self, *argv: str, **variables: str) -> None:
        """Run `python -m …` to its end. Raises CalledProcessError."""
        env = self.env | {"PREFECT_HOME": str(self._folder / "run")} | variables
        subprocess.run((sys.executable, "-m", *argv), env=env, cwd=ROOT, check=True, capture_output=True)

    def worker(self, host: str, server: Server) -> None:
        """Start a machine's worker and wait until the server knows it."""
        known = len(server.post(WORKERS, {}))
        variables = {"SERVEGAUGE_HOST": host, "PREFECT_API_URL": f"{server.address}/api"}
        self.start(host, "cli.main", "worker", **variables)
        assert until(lambda: len(server.post(WORKERS, {})) > known, 120, 0.2)


def answers(server: Server) -> bool:
    """Whether the server answers."""
    try:
        return server.http.get("/health").status_code == 200
    except httpx.HTTPError:
        return False


@contextmanager
def postgres_server(folder: Path) -> Iterator[str]:
    """A temporary PostgreSQL cluster on a loopback port; yields its URL."""
    port, binaries = free_port(), Path(str(INITDB)).parent
    owner = "postgres" if os.geteuid() == 0 else None  # it refuses to run as root
    if owner:
        for parent in [folder, *list(folder.parents)[:2]]:
            parent.chmod(0o755)
        shutil.chown(folder, owner, owner)
    data = folder / "data"
    initdb = (binaries / "initdb", "-D", data, "-U", "gauge", "-A", "trust")
    subprocess.run(initdb, cwd=folder, user=owner, check=True, capture_output=True)
    argv = (binaries / "postgres", "-D", data, "-p", str(port), "-k", folder, "-h", "127.0.0.1")
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(argv, cwd=folder, user=owner, stdout=log, stderr=log)
    try:
        ready = (binaries / "pg_isready", "-h", "127.0.0.1", "-p", str(port))
        assert until(lambda: subprocess.run(ready, capture_output=True, check=False).returncode == 0, 60)
        yield f"postgresql+asyncpg://gauge@127.0.0.1:{port}/postgres"
    finally:
        server.terminate()
        server.wait(30)


@contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    """A Redis that saves nothing, on a loopback port; yields its URL without the number of a database."""
    port = free_port()
    argv = (str(REDIS), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder))
    with (folder / "redis.log").open("wb") as log:
        server = subprocess.Popen(argv, stdout=log, stderr=log)
    try:
        assert until(lambda: "Ready to accept" in (folder / "redis.log").read_text(), 30)
        yield f"redis://127.0.0.1:{port}"
    finally:
        with suppress(ProcessLookupError):
            server.terminate()
        server.wait(30)

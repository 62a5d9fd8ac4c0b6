"""Outgrowing one machine: PostgreSQL below the server, two workers with a queue each."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tasks.record.store import Store
from tests.operate.upper import OVER, ROOT, Server, free_port, until
from tests.stub.process import Stub, stub_server

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
INITDB = BINARIES[-1] if BINARIES else shutil.which("initdb")
pytestmark = [
    pytest.mark.long,
    pytest.mark.timeout(600),
    pytest.mark.skipif(not INITDB, reason="no PostgreSQL here: apt-get install postgresql"),
]
RUNS = 20
HOSTS = ("one", "two")


@pytest.fixture
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A throwaway cluster on a loopback port; its URL."""
    folder = tmp_path_factory.mktemp("postgres")
    port, binaries = free_port(), Path(str(INITDB)).parent
    owner = "postgres" if os.geteuid() == 0 else None  # it refuses to run as root
    if owner:
        for parent in [folder, *list(folder.parents)[:2]]:
            parent.chmod(0o755)
        shutil.chown(folder, owner, owner)
    data = folder / "data"
    plain = {"cwd": folder, "user": owner, "check": True, "capture_output": True}
    subprocess.run((binaries / "initdb", "-D", data, "-U", "gauge", "-A", "trust"), **plain)  # type: ignore[call-overload]
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


def test_twenty_runs_over_two_queues_all_finish_and_none_twice(
    postgres: str, quick: str, engine: Stub, tokenizer: Path, tmp_path: Path
) -> None:
    port, results = free_port(), tmp_path / "results"
    env = {k: v for k, v in os.environ.items() if not k.startswith(("PREFECT_", "SERVEGAUGE_"))}
    env |= {
        "HOME": str(tmp_path),
        "PREFECT_HOME": str(tmp_path / "prefect"),
        "PREFECT_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": postgres,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_WORKER_QUERY_SECONDS": "2",
        "SERVEGAUGE_RESULTS": str(results),
        "PYTHONPATH": str(ROOT),
    }
    with ExitStack() as stack:
        # Each machine has its own server: two loads on one would be told by the audit, and rightly.
        other = stack.enter_context(stub_server(ttft=0.01, itl=0.002, tokens=8, tokenizer=str(tokenizer)))
        second = tmp_path / "second.yaml"
        second.write_text(Path(quick).read_text().replace(engine.url, other.url))
        specs = (quick, str(second))

        def start(*argv: str, **variables: str) -> None:
            log = stack.enter_context(
                (tmp_path / f"{variables.get('SERVEGAUGE_HOST', 'server')}.log").open("wb")
            )
            command = (sys.executable, "-m", *argv)
            child = subprocess.Popen(command, env=env | variables, cwd=ROOT, stdout=log, stderr=log)
            stack.callback(child.wait, 60)
            stack.callback(child.terminate)

        start("prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port))
        server = Server(f"http://127.0.0.1:{port}")
        assert until(lambda: answers(server), 120)
        deploy = (sys.executable, "-m", "flows.cli", "deploy")
        subprocess.run(deploy, env=env, cwd=ROOT, check=True, capture_output=True)
        for host in HOSTS:
            start("flows.cli", "worker", SERVEGAUGE_HOST=host)
        workers = "/work_pools/gpu/workers/filter"
        assert until(lambda: len(server.post(workers, {})) == len(HOSTS), 120)

        runs = [server.start({"spec": specs[n % 2]}, work_queue_name=HOSTS[n % 2]) for n in range(RUNS)]
        assert until(lambda: all(server.state(run) in OVER for run in runs), 270, 1.0)
        states = [server.state(run) for run in runs]
        assert states == ["COMPLETED"] * RUNS, server.logs(runs[states.index("FAILED")])
        found = [server.run(run) for run in runs]
        assert [run["run_count"] for run in found] == [1] * RUNS
        assert [run["work_queue_name"] for run in found] == [HOSTS[n % 2] for n in range(RUNS)]
        recorded = Store(results).read("runs")
        assert recorded["outcome"].to_list() == ["completed"] * RUNS
        labels = [run["labels"]["servegauge.run"] for run in found]
        assert sorted(labels) == sorted(recorded["run_id"].to_list())


def answers(server: Server) -> bool:
    """Whether the server is there."""
    try:
        return server.http.get("/health").status_code == 200
    except Exception:
        return False

"""`servegauge up` as a process of the tests, and a client of the Prefect server that it starts."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from operator import itemgetter
from pathlib import Path
from typing import Any

import httpx
import psutil

from tasks.config.home import checkout
from tests.helpers.ports import free_port
from tests.helpers.wait import until

ROOT = checkout()
DOCS = ROOT / "docs" / "operating.md"
START_S = 180.0
OVER = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
Json = dict[str, Any]


def snippet(name: str) -> str:
    """The code block of the documentation that follows the comment with this name."""
    match = re.search(rf"<!-- {name} -->\n```\w+\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    assert match, f"docs/operating.md has no snippet {name}"
    return match[1]


class Server:
    """A client of a Prefect server's REST API."""

    def __init__(self, address: str, auth: tuple[str, str] | None = None) -> None:
        self.address = address
        self.http = httpx.Client(base_url=f"{address}/api", auth=auth, timeout=60, trust_env=False)

    def post(self, path: str, body: object) -> Any:
        """The answer's JSON."""
        return self.ask("POST", path, body)

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """The answer's JSON. Raises httpx.HTTPStatusError."""
        answer = self.answer(method, path, body).raise_for_status()
        return answer.json() if answer.content else None

    def answer(self, method: str, path: str, body: object = None) -> httpx.Response:
        """Any response but 503: a locked database is asked again, and a busy server if nothing changes."""
        if method != "GET" and "Prefect-Csrf-Token" not in self.http.headers:
            self.add_csrf_token()
        changes_nothing = method == "GET" or path.endswith("/filter")
        for _ in range(20):
            try:
                answer = self.http.request(method, path, json=body)
            except httpx.ReadTimeout:
                if not changes_nothing:
                    raise
                continue
            if answer.status_code != 503:
                return answer
            time.sleep(0.5)
        raise AssertionError(f"{method} {path}: no answer but 503, or none in time")

    def add_csrf_token(self) -> None:
        """Send the token that a guarded server wants with every change, from now on."""
        client = str(uuid.uuid4())
        answer = self.http.get(f"/csrf-token?client={client}")
        if answer.is_success:
            self.http.headers.update(
                {"Prefect-Csrf-Token": answer.json()["token"], "Prefect-Csrf-Client": client}
            )

    def deployment(self, name: str, flow: str = "benchmark") -> Json:
        """A deployment as the API returns it."""
        return dict(self.ask("GET", f"/deployments/name/{flow}/{name}"))

    def start(self, parameters: Json, of: str = "benchmark", flow: str = "benchmark", **more: Any) -> str:
        """Start a run of the deployment `of`; `more` are fields of the request. Returns the run's id."""
        path = f"/deployments/{self.deployment(of, flow)['id']}/create_flow_run"
        return str(self.post(path, {"parameters": parameters, **more})["id"])

    def run(self, run: str) -> Json:
        """A flow run as the API returns it."""
        return dict(self.ask("GET", f"/flow_runs/{run}"))

    def state(self, run: str) -> str:
        """Its state's type, as RUNNING."""
        return str(self.run(run)["state_type"])

    def ended(self, run: str, limit_s: float = 180.0) -> str:
        """The state that it ends in, or its state after the limit."""
        until(lambda: self.state(run) in OVER, limit_s, 0.2)
        return self.state(run)

    def artifacts(self, run: str) -> dict[str, Json]:
        """The newest artifact of a run for each key."""
        wanted = {"artifacts": {"flow_run_id": {"any_": [run]}}}
        artifacts = sorted(self.post("/artifacts/filter", wanted), key=itemgetter("created"))
        return {artifact["key"]: artifact for artifact in artifacts if artifact["key"]}

    def events(self, name: str) -> list[Json]:
        """Payloads of all events of a name."""
        return [
            dict(event["payload"])
            for event in self.post("/events/filter", {"filter": {"event": {"name": [name]}}})["events"]
        ]

    def logs(self, run: str) -> str:
        """The run's log, for the message of a failed test."""
        lines = self.post("/logs/filter", {"logs": {"flow_run_id": {"any_": [run]}}, "limit": 200})
        return "\n".join(line["message"] for line in lines)


class Upped(Server):
    """A running `servegauge up`."""

    def __init__(
        self, process: subprocess.Popen[bytes], port: int, folder: Path, env: Mapping[str, str]
    ) -> None:
        super().__init__(f"http://127.0.0.1:{port}")
        self.process, self.port, self.folder, self.env = process, port, folder, dict(env)

    @property
    def results(self) -> Path:
        """The folder of its runs' tables."""
        return self.folder / "results"

    def child(self, *words: str) -> psutil.Process:
        """The one child whose command line has all the words."""
        children = psutil.Process(self.process.pid).children()
        (process,) = (child for child in children if set(words) <= set(child.cmdline()))
        return process

    def worker(self) -> psutil.Process:
        """The worker that uses the GPU slot."""
        return self.child("operate.flow_worker", "default")

    def output(self) -> str:
        """What it printed."""
        return (self.folder / "up.out").read_text("utf-8", "replace")


@contextmanager
def servegauge_up(
    folder: Path, *options: str, by_make: bool = False, variables: Mapping[str, str] | None = None
) -> Iterator[Upped]:
    """Run `servegauge up` inside the block. Raises AssertionError if it does not start."""
    folder.mkdir(exist_ok=True)
    port = free_port()
    env = {
        name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "SERVEGAUGE_"))
    }
    env |= {
        "HOME": str(folder),
        "SERVEGAUGE_HOME": str(folder / "home"),
        "PYTHONPATH": str(ROOT),
        **(variables or {}),
    }
    options = ("--port", str(port), "--results", str(folder / "results"), *options)
    command = (sys.executable, "-m", "cli.main", "up", *options)
    argv = ("make", "up", f"OPTIONS={' '.join(options)}") if by_make else command
    with (folder / "up.out").open("wb") as out:
        process = subprocess.Popen(
            argv, env=env, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
        )
    up = Upped(process, port, folder, env)
    try:
        until(lambda: "is up:" in up.output() or process.poll() is not None, START_S)
        assert "is up:" in up.output(), up.output()
        yield up
    finally:
        up.http.close()
        stop(process)


def stop(process: subprocess.Popen[bytes]) -> int:
    """End it as Ctrl-C does, and kill what it leaves running; returns its exit code."""
    if process.poll() is None:
        family = psutil.Process(process.pid).children(recursive=True)
        os.killpg(process.pid, signal.SIGINT)
        try:
            process.wait(90)
        except subprocess.TimeoutExpired:
            for left in family:
                with suppress(psutil.NoSuchProcess):
                    left.kill()
            process.kill()
    return process.wait()

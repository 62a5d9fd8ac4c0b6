"""One faulty run: its spec, its folder, its tables, and the processes of its servers."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import polars as pl
import yaml

from tasks.record.schemas import TableName
from tasks.record.store import Store
from tests.helpers.processes import running
from tests.helpers.wait import until

PROBE_REQUESTS = 1
"""Requests that reach the server before those of the first point: the probe's question."""
END_LIMIT_S = 60.0
"""Seconds within which processes end, those included that must be killed."""


@dataclass
class Case:
    """A run of the fake vLLM. A test sets the fields that it needs before it calls `spec`."""

    folder: Path
    python: Path
    model: Path
    args: dict[str, object] = field(default_factory=dict)
    env: dict[str, str] = field(default_factory=dict)
    server: dict[str, object] = field(default_factory=dict)
    load: tuple[tuple[int, int], ...] = ((1, 3), (2, 12))
    """Concurrency and requests of each point."""
    timeout_s: float = 60

    @property
    def results(self) -> Path:
        """The results folder."""
        return self.folder / "results"

    @property
    def state(self) -> Path:
        """The folder where the fake vLLM writes its process ids and its port."""
        return self.folder / "state"

    def spec(self) -> str:
        """Write the spec. Returns its path."""
        self.state.mkdir(exist_ok=True)
        server = {
            "kind": "vllm",
            "model": str(self.model),
            "served_name": "tiny",
            "startup_timeout_s": 60,
            "args": self.args,
            "env": {"FAKE_STATE": str(self.state), **self.env},
        }
        sweep = {
            "name": "s",
            "input_tokens": 32,
            "output_tokens": 16,
            "timeout_s": self.timeout_s,
            "load": [{"concurrency": level, "requests": requests} for level, requests in self.load],
        }
        spec = {
            "name": "faulty",
            "environment": str(self.python),
            "server": server | self.server,
            "sweeps": [sweep],
            "track": {"swanlab": {"mode": "disabled"}},
        }
        path = self.folder / "faulty.yaml"
        path.write_text(yaml.safe_dump(spec), encoding="utf-8")
        return str(path)

    def table(self, name: TableName) -> pl.DataFrame:
        """Read all rows of a table."""
        return Store(self.results).read(name)

    def wait_for_start(self, number: int = 1) -> dict[str, int]:
        """Wait until the server's start of this number listens. Returns its process ids and its port."""
        path = self.state / f"start-{number}.json"
        assert until(path.exists), self.server_logs()
        return dict(json.loads(path.read_text(encoding="utf-8")))

    def wait_for_requests(self, requests: int, start: int = 1) -> dict[str, int]:
        """Wait until a start of the server has received `requests` requests, the probe's included.

        Returns its process ids and its port.
        """
        started = self.wait_for_start(start)
        with httpx.Client(base_url=f"http://127.0.0.1:{started['port']}", trust_env=False) as client:
            assert until(lambda: len(client.get("/stub/log").json()) >= requests), self.server_logs()
        return started

    def pids(self) -> set[int]:
        """Process ids of every server, EngineCore and guardian that was started."""
        pids = set()
        for path in self.state.glob("pids-*.json"):
            started = json.loads(path.read_text(encoding="utf-8"))
            pids |= {started["server"], started["core"], started["guardian"]}
        return pids

    def all_ended(self) -> bool:
        """Wait until all of them have ended. Returns whether they have."""
        return until(lambda: not any(running(pid) for pid in self.pids()), END_LIMIT_S)

    def server_logs(self) -> str:
        """Read the logs of all servers."""
        return "\n".join(path.read_text("utf-8", "replace") for path in self.results.rglob("server.log"))

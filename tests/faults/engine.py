"""A serving environment whose vLLM is the fake one, a spec that uses it, and what its processes are."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil
import yaml

from tasks.config.home import checkout

ROOT = checkout()
LIMIT_S = 60.0


def make_environment(folder: Path) -> Path:
    """An interpreter that has a distribution and a module called vllm; its path."""
    package = folder / "site" / "vllm" / "entrypoints" / "openai"
    package.mkdir(parents=True)
    (package / "api_server.py").write_text("from tests.faults.fake_vllm import main\n\nmain()\n")
    metadata = folder / "site" / "vllm-0.0.1.dist-info" / "METADATA"
    metadata.parent.mkdir()
    metadata.write_text("Metadata-Version: 2.1\nName: vllm\nVersion: 0.0.1\n")
    python = folder / "bin" / "python"
    python.parent.mkdir()
    python.write_text(f'#!/bin/sh\nPYTHONPATH="{folder}/site:{ROOT}" exec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    return python


def until(true: Callable[[], object], limit_s: float = LIMIT_S, pause_s: float = 0.05) -> bool:
    """Whether it became true within the limit."""
    deadline = time.monotonic() + limit_s
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause_s)
    return True


def running(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    try:
        return psutil.Process(pid).status() not in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
    except psutil.NoSuchProcess:
        return False


@dataclass
class Case:
    """One faulty run: its spec, its folder, and the processes of its servers."""

    folder: Path
    python: Path
    model: Path
    args: dict[str, object] = field(default_factory=dict)
    env: dict[str, str] = field(default_factory=dict)
    server: dict[str, object] = field(default_factory=dict)
    load: tuple[tuple[int, int], ...] = ((1, 3), (2, 12))
    timeout_s: float = 60

    @property
    def results(self) -> Path:
        """The folder of the tables."""
        return self.folder / "results"

    @property
    def state(self) -> Path:
        """What the fake engine tells of itself."""
        return self.folder / "state"

    def spec(self) -> str:
        """Write the spec; its path."""
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
            "load": [{"concurrency": slots, "requests": requests} for slots, requests in self.load],
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

    def start(self, number: int = 1) -> dict[str, int]:
        """The processes of the server's N-th start, once it listens."""
        path = self.state / f"start-{number}.json"
        assert until(path.exists), self.log()
        return dict(json.loads(path.read_text(encoding="utf-8")))

    def asked(self, requests: int, number: int = 1) -> dict[str, int]:
        """The same, once it was asked so many times (the probe's first question included)."""
        started = self.start(number)
        with httpx.Client(base_url=f"http://127.0.0.1:{started['port']}", trust_env=False) as client:
            assert until(lambda: len(client.get("/stub/log").json()) >= requests), self.log()
        return started

    def pids(self) -> set[int]:
        """Every server, EngineCore and guardian that ever was."""
        known = [json.loads(path.read_text(encoding="utf-8")) for path in self.state.glob("pids-*.json")]
        return {facts[name] for facts in known for name in ("server", "core", "guardian")}

    def nothing_left(self) -> bool:
        """Whether all of them are over, within the time that forcing them takes."""
        return until(lambda: not any(running(pid) for pid in self.pids()), 30)

    def log(self) -> str:
        """What the servers said."""
        return "\n".join(path.read_text("utf-8", "replace") for path in self.results.rglob("server.log"))


def family() -> set[tuple[int, float]]:
    """The descendants of this process that run."""
    found = set()
    for process in psutil.Process(os.getpid()).children(recursive=True):
        try:
            if process.status() != psutil.STATUS_ZOMBIE:
                found.add((process.pid, process.create_time()))
        except psutil.NoSuchProcess:
            continue
    return found

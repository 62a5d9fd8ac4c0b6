"""Starting the stub as a process: `with stub_server(ttft=0.05) as stub: … stub.url …`."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from prometheus_client.parser import text_string_to_metric_families

from stub.options import Options
from stub.request_log import LoggedRequest

ROOT = Path(__file__).resolve().parents[1]
"""The folder that holds this package, from which `python -m` finds it."""
GRACE_S = 5.0


class Stub:
    """A running stub and a client of it. Use it only inside the `with` block that started it."""

    def __init__(self, process: subprocess.Popen[str], port: int, model: str) -> None:
        self.process = process
        self.port = port
        self.model = model
        self.root = f"http://127.0.0.1:{port}"
        self.url = f"{self.root}/v1"
        self._http = httpx.Client(base_url=self.root, trust_env=False, timeout=30)

    @property
    def pid(self) -> int:
        """The process id."""
        return self.process.pid

    def log(self) -> list[LoggedRequest]:
        """Return all requests since the start or the last `clear_log`, in order of arrival."""
        entries = self._http.get("/stub/log").raise_for_status().json()
        return [LoggedRequest(**entry) for entry in entries]

    def clear_log(self) -> None:
        """Empty the log."""
        self._http.delete("/stub/log").raise_for_status()

    def faults(self, rules: Sequence[dict[str, Any]]) -> None:
        """Replace the faults and count requests from 0 again. Raises ValueError if a rule is invalid."""
        response = self._http.post("/stub/faults", json=list(rules))
        if response.status_code == 400:
            raise ValueError(response.json()["error"]["message"])
        response.raise_for_status()

    def metric(self, name: str, **labels: str) -> float:
        """Return the sum of a metric's samples that have these labels. Raises KeyError if there is none."""
        text = self._http.get("/metrics").raise_for_status().text
        samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
        matching = [s for s in samples if s.name == name and labels.items() <= s.labels.items()]
        if not matching:
            raise KeyError(f"/metrics has no {name} {labels}")
        return sum(sample.value for sample in matching)

    def kill(self) -> None:
        """End the process with SIGKILL, as in a crash."""
        self.process.kill()
        self.process.wait(GRACE_S)

    def close(self) -> None:
        """End the process by closing its stdin, and with SIGKILL if it has not ended after five seconds."""
        self._http.close()
        if self.process.stdin is not None:
            self.process.stdin.close()
        try:
            self.process.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            self.kill()


@contextmanager
def stub_server(**options: Any) -> Iterator[Stub]:
    """Run a stub inside the block.

    Args:
        options: fields of `Options`.

    Raises:
        RuntimeError: the stub did not start.
        TypeError: there is no option of this name.
    """
    chosen = Options(**options)
    process = _start(chosen)
    try:
        stub = Stub(process, _read_port(process), chosen.model)
        try:
            yield stub
        finally:
            stub.close()
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


def _read_port(process: subprocess.Popen[str]) -> int:
    """Read the line `ready PORT`."""
    assert process.stdout is not None
    words = process.stdout.readline().split()
    if words[:1] != ["ready"]:
        raise RuntimeError(f"the stub did not start: exit code {process.wait(GRACE_S)}")
    return int(words[1])


def _start(options: Options) -> subprocess.Popen[str]:
    """Start the process with its options on stdin: every user of the machine can read a command line."""
    process = subprocess.Popen(
        [sys.executable, "-m", "stub.child"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # the kernel gives each session a processor share of its own
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps(dataclasses.asdict(options), default=str) + "\n")
    process.stdin.flush()
    return process

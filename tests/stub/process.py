"""Starting the stub as a process: `with stub_server(ttft=0.05) as stub: … stub.url …`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from prometheus_client.parser import text_string_to_metric_families

from tasks.config.home import checkout
from tests.stub.log import Row
from tests.stub.options import API_KEY_VARIABLE

ROOT = checkout()
GRACE_S = 5.0


class Stub:
    """A stub that listens; not safe to use after the `with` has ended."""

    def __init__(self, process: subprocess.Popen[str], port: int, model: str) -> None:
        self.process = process
        self.port = port
        self.model = model
        self.root = f"http://127.0.0.1:{port}"
        self.url = f"{self.root}/v1"
        self._http = httpx.Client(base_url=self.root, trust_env=False, timeout=30)

    @property
    def pid(self) -> int:
        """Its process id."""
        return self.process.pid

    def log(self) -> list[Row]:
        """What it saw and did, a row a request, in order of arrival."""
        return [Row(**row) for row in self._http.get("/stub/log").raise_for_status().json()]

    def clear_log(self) -> None:
        """Forget the rows."""
        self._http.delete("/stub/log").raise_for_status()

    def faults(self, rules: Sequence[dict[str, Any]]) -> None:
        """Replace the faults, requests counted from 0 again; raises ValueError for one it does not know."""
        answer = self._http.post("/stub/faults", json=list(rules))
        if answer.status_code == 400:
            raise ValueError(answer.json()["error"]["message"])
        answer.raise_for_status()

    def metric(self, name: str, **labels: str) -> float:
        """The sum of a metric's samples, those with the given labels; raises KeyError when there is none."""
        text = self._http.get("/metrics").raise_for_status().text
        samples = [s for family in text_string_to_metric_families(text) for s in family.samples]
        values = [s.value for s in samples if s.name == name and labels.items() <= s.labels.items()]
        if not values:
            raise KeyError(f"/metrics has no {name} {labels}")
        return sum(values)

    def kill(self) -> None:
        """End it at once, by SIGKILL, as a crash would."""
        self.process.kill()
        self.process.wait(GRACE_S)

    def close(self) -> None:
        """End it by closing its stdin, by force when that does not help."""
        self._http.close()
        if self.process.stdin is not None:
            self.process.stdin.close()
        try:
            self.process.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            self.kill()


@contextmanager
def stub_server(**options: Any) -> Iterator[Stub]:
    """Serve while the `with` lasts; options as on the command line, with underscores.

    `answers` and `faults` may be lists. Raises RuntimeError when the stub does not start.
    """
    with TemporaryDirectory(prefix="stub-") as folder:
        process = _start(options, Path(folder))
        try:
            assert process.stdout is not None
            words = process.stdout.readline().split()
            if words[:1] != ["ready"]:
                raise RuntimeError(f"the stub did not start: exit code {process.wait(GRACE_S)}")
            stub = Stub(process, int(words[1]), str(options.get("model", "stub")))
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


def _start(options: dict[str, Any], folder: Path) -> subprocess.Popen[str]:
    options = dict(options)
    environment = dict(os.environ)
    if key := options.pop("api_key", None):
        environment[API_KEY_VARIABLE] = key  # kept off the command line, which anybody can read
    if not isinstance(options.get("answers", ""), str | Path):
        path = folder / "answers.json"
        path.write_text(json.dumps(options["answers"]), "utf-8")
        options["answers"] = path
    if not isinstance(options.get("faults", ""), str):
        options["faults"] = json.dumps(options["faults"])
    argv = [sys.executable, "-m", "tests.stub.server"]
    for name, value in options.items():
        flag = f"--{name.replace('_', '-')}"
        argv += [flag] if value is True else [] if value in (None, False) else [f"{flag}={value}"]
    return subprocess.Popen(
        argv,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # its share of the processors is then its own
    )

"""Two runs, each a process, measure the same endpoint: the second waits until the first has ended."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from stub.process import Stub
from tasks.config.home import checkout
from tasks.record.store import Store
from tests.helpers.gateway import Manner, gateway_to
from tests.helpers.wait import until

pytestmark = pytest.mark.timeout(600)
FIRST, SECOND = (5, 6), (7,)
"""Output tokens of each sweep of the two runs."""
HEALTH = [8, 8, 8]
"""Output tokens of the requests of a health check."""
REQUESTS = 2
RUN = """
import sys
from pathlib import Path
from flows.run.recorded_run import planned_run, report_recorded_run
from tasks.config.results_location import ResultsLocation
from tasks.config.spec_file import load_spec
report_recorded_run(planned_run(load_spec(sys.argv[1]), ResultsLocation(folder=Path(sys.argv[2]))))
"""


@dataclass
class Bench:
    """A stub behind a gateway, which holds the requests of the first sweep until `released`."""

    stub: Stub
    folder: Path
    tokenizer: Path
    url: str = ""
    released: threading.Event = field(default_factory=threading.Event)
    held: threading.Event = field(default_factory=threading.Event)
    ending: ExitStack = field(default_factory=ExitStack)

    def holds(self, body: dict[str, Any]) -> bool:
        """Whether the gateway keeps a request back."""
        if body.get("max_tokens") != FIRST[0] or self.released.is_set():
            return False
        self.held.set()
        return True

    def start(self, name: str, host: str, tokens: tuple[int, ...]) -> subprocess.Popen[str]:
        """Start a run of one sweep for each number of output tokens; `host` is how it calls the gateway."""
        argv = (sys.executable, "-c", RUN, self.spec(name, host, tokens), str(self.folder / "results"))
        process = subprocess.Popen(
            argv, cwd=checkout(), text=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        self.ending.enter_context(process)
        self.ending.callback(process.kill)
        return process

    def spec(self, name: str, host: str, tokens: tuple[int, ...]) -> str:
        """Write a spec; return its path."""
        url = self.url.replace("127.0.0.1", host)
        server = {"kind": "endpoint", "url": url, "model": "stub", "tokenizer": str(self.tokenizer)}
        load = [{"concurrency": 1, "requests": REQUESTS}]
        sweeps = [
            {"name": f"s{n}", "input_tokens": 16, "output_tokens": n, "timeout_s": 600, "load": load}
            for n in tokens
        ]
        spec = {"name": name, "server": server, "sweeps": sweeps, "track": {"swanlab": {"mode": "disabled"}}}
        path = self.folder / f"{name}.yaml"
        path.write_text(yaml.safe_dump(spec), encoding="utf-8")
        return str(path)

    def tokens(self) -> list[int]:
        """The output tokens of each request that reached the stub, in order of arrival."""
        return [entry.tokens for entry in self.stub.log()]

    def measured(self) -> set[str]:
        """The sweeps of which a point is recorded. Busy cores may make it invalid, and its run fail."""
        return set(Store(self.folder / "results").read("points")["sweep"])


@pytest.fixture
def bench(
    stub: Callable[..., Stub], tokenizer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Bench]:
    """A bench whose processes have ended when the test ends."""
    monkeypatch.setenv("SERVEGAUGE_LOCKS", str(tmp_path))
    bench = Bench(stub(ttft=0.01, itl=0.001, tokenizer=str(tokenizer)), tmp_path, tokenizer)
    with gateway_to(bench.stub.root, Manner(holds=bench.holds)) as gateway:
        bench.url = gateway.url
        with bench.ending:
            yield bench


def started_beside_each_other(bench: Bench) -> tuple[subprocess.Popen[str], subprocess.Popen[str], str]:
    """Start a run, and another one while it measures; return both, and the line of the one that waits."""
    first = bench.start("first", "127.0.0.1", FIRST)
    assert until(lambda: bench.held.is_set() or first.poll() is not None, 240)
    assert first.poll() is None, first.stderr and first.stderr.read()
    second = bench.start("second", "localhost", SECOND)
    assert second.stderr
    lines = list[str]()
    for line in second.stderr:
        lines.append(line)
        if "waiting for" in line:
            return first, second, line
    pytest.fail("".join(lines))


def test_the_second_run_sends_nothing_before_the_first_has_ended(bench: Bench) -> None:
    first, second, waits = started_beside_each_other(bench)
    assert "waiting for the endpoint http://localhost:" in waits
    assert f" (pid {first.pid}) measures it" in waits
    assert bench.tokens() == HEALTH
    bench.released.set()
    _, first_lines = first.communicate()
    _, second_lines = second.communicate()
    assert bench.tokens() == [*HEALTH, 5, 5, 6, 6, *HEALTH, 7, 7], first_lines + second_lines
    assert bench.measured() == {"s5", "s6", "s7"}
    assert "waiting for" not in first_lines
    assert "holds the endpoint http://localhost:" in second_lines.splitlines()[0]


def test_a_killed_run_lets_the_next_one_go_on(bench: Bench) -> None:
    first, second, _ = started_beside_each_other(bench)
    first.kill()
    _, second_lines = second.communicate()
    assert bench.tokens() == [*HEALTH, *HEALTH, 7, 7], second_lines
    assert bench.measured() == {"s7"}

"""Other load on the machine: what is neither ours nor the server's is seen, what is either is not."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import psutil
import pytest

from tasks.probe.machine_source import BUSY, FREE, OTHERS, MachineSource, descends
from tasks.probe.sources import listener, sources
from tasks.serve.endpoint import Endpoint
from tests.probe.nvml import Nvml
from tests.stub.process import Stub

BURN = "import time; end = time.monotonic() + 60\nwhile time.monotonic() < end: pass"


@contextmanager
def burning() -> Iterator[int]:
    """A process that takes all the processor time it can get."""
    process = subprocess.Popen([sys.executable, "-c", BURN])
    try:
        yield process.pid
    finally:
        process.kill()
        process.wait()


def test_what_our_descendants_use_and_the_server_is_not_others() -> None:
    with burning() as pid:
        ours, servers, others = (
            MachineSource(),
            MachineSource(frozenset({pid}), own=-1),
            MachineSource(own=-1),
        )
        used_s = 0.0
        while used_s < 0.5:
            time.sleep(0.01)
            used_s = psutil.Process(pid).cpu_times().user
        found = [{each.metric: each.value for each in source.read()} for source in (ours, servers, others)]
    assert all(figures[BUSY] > 0 and figures[FREE] > 0 for figures in found)
    share = [figures[OTHERS] for figures in found]
    assert share[2] > 0.05
    assert share[2] > max(share[:2]) + 0.02


def test_two_readings_at_once_say_nothing() -> None:
    assert MachineSource().read() == ()


def test_descent() -> None:
    parents = {5: 4, 4: 1, 1: 0, 0: 0, 8: 7, 7: 8}
    assert descends(5, parents, frozenset({4}))
    assert not descends(4, parents, frozenset({5}))
    assert not descends(8, parents, frozenset({4}))


def test_the_listener_of_an_endpoint_here_is_found(stub: Callable[..., Stub]) -> None:
    server = stub()
    assert listener(Endpoint(url=server.url, model="m", tokenizer="m")) == {server.pid}
    assert listener(Endpoint(url="http://192.0.2.1:80/v1", model="m", tokenizer="m")) == frozenset()
    assert listener(Endpoint(url="http://127.0.0.1:9/v1", model="m", tokenizer="m")) == frozenset()


def test_gpus_are_watched_where_the_server_has_some(monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint = Endpoint(url="http://127.0.0.1:9/v1", model="m", tokenizer="m")
    us = frozenset({os.getpid()})
    assert [source.name for source in sources(endpoint, us)] == ["server", "machine"]
    monkeypatch.setattr("tasks.probe.gpu_source.import_module", lambda name: Nvml(300))
    watched = sources(endpoint, us, (0,))
    assert [source.name for source in watched] == ["server", "machine", "gpu"]


def test_a_server_of_this_machine_that_cannot_be_seen_is_no_other_load() -> None:
    hidden = Endpoint(url="http://127.0.0.1:9/v1", model="m", tokenizer="m")
    assert [source.name for source in sources(hidden, frozenset())] == ["server"]
    elsewhere = Endpoint(url="http://192.0.2.1:9/v1", model="m", tokenizer="m")
    assert [source.name for source in sources(elsewhere, frozenset())] == ["server", "machine"]


def test_a_nice_process_keeps_the_machine_busy_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Linux counts it in `nice` and not in `user`."""
    times = SimpleNamespace(user=1.0, nice=0.0, system=1.0, idle=5.0)
    monkeypatch.setattr("tasks.probe.machine_source.psutil.cpu_times", lambda: times)
    monkeypatch.setattr("tasks.probe.machine_source.psutil.process_iter", lambda names: ())
    monkeypatch.setattr("tasks.probe.machine_source.psutil.cpu_count", lambda: 2)
    monkeypatch.setattr("tasks.probe.machine_source.time", clock := SimpleNamespace(monotonic=lambda: 0.0))
    source = MachineSource()
    clock.monotonic, times.nice = lambda: 1.0, 1.5
    assert {each.metric: each.value for each in source.read()}[BUSY] == pytest.approx(0.75)

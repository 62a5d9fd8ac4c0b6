"""CPU load of the machine, and the share of processes that are not part of the measurement."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

import psutil
import pytest

from tasks.probe.machine_source import BUSY, FREE, OTHERS, MachineSource, is_descendant

BUSY_LOOP = "import time; end = time.monotonic() + 60\nwhile time.monotonic() < end: pass"


@contextmanager
def busy_process() -> Iterator[int]:
    """Start a process that uses all the CPU time that it can get."""
    process = subprocess.Popen([sys.executable, "-c", BUSY_LOOP])
    try:
        yield process.pid
    finally:
        process.kill()
        process.wait()


def values(source: MachineSource) -> dict[str, float]:
    """Return the values of one reading by metric."""
    return {reading.metric: reading.value for reading in source.read()}


def test_descendants_of_this_process_and_the_server_are_not_other_processes() -> None:
    """The share of the busy process is what the kernel counts for it, whatever a busy machine leaves it."""
    with busy_process() as pid:
        start = time.monotonic()
        as_own, as_server, as_other = (
            MachineSource(),
            MachineSource(frozenset({pid}), own_pid=-1),
            MachineSource(own_pid=-1),
        )
        used_s = 0.0
        while used_s < 0.5:
            time.sleep(0.01)
            used_s = psutil.Process(pid).cpu_times().user
        own, server, other = values(as_own), values(as_server), values(as_other)
        share = used_s / (time.monotonic() - start) / (psutil.cpu_count() or 1)
    for reading in (own, server, other):
        assert reading[BUSY] > 0
        assert reading[FREE] > 0
    assert other[OTHERS] - max(own[OTHERS], server[OTHERS]) > 0.3 * share


def test_a_reading_right_after_another_has_no_values() -> None:
    assert MachineSource().read() == ()


def test_descendants_are_found_by_their_parents() -> None:
    parents = {5: 4, 4: 1, 1: 0, 0: 0, 8: 7, 7: 8}
    assert is_descendant(5, parents, frozenset({4}))
    assert not is_descendant(4, parents, frozenset({5}))
    assert not is_descendant(8, parents, frozenset({4}))


def test_a_nice_process_counts_as_cpu_load(monkeypatch: pytest.MonkeyPatch) -> None:
    """Linux counts it in `nice` and not in `user`."""
    clock = SimpleNamespace(monotonic=lambda: 0.0)
    times = SimpleNamespace(user=1.0, nice=0.0, system=1.0, idle=5.0)
    monkeypatch.setattr("tasks.probe.machine_source.psutil.cpu_times", lambda: times)
    monkeypatch.setattr("tasks.probe.machine_source.psutil.process_iter", lambda names: ())
    monkeypatch.setattr("tasks.probe.machine_source.psutil.cpu_count", lambda: 2)
    monkeypatch.setattr("tasks.probe.machine_source.time", clock)
    source = MachineSource()
    clock.monotonic, times.nice = lambda: 1.0, 1.5
    assert values(source)[BUSY] == pytest.approx(0.75)

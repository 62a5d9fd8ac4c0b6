"""The server dies or hangs under a measurement: noticed at once, restarted once, nothing lost or left."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable

import httpx
import polars as pl
import psutil
import pytest

from flows.benchmark import benchmark
from flows.run.reuse import measure_with_restart
from flows.run.server import open_server
from tasks.errors import MeasureError, ServerDied
from tests.faults.driver import PROBE, hit, meanwhile, run_of, table, watched
from tests.faults.engine import Case, running

pytestmark = pytest.mark.usefixtures("api")
NOTICED_S = 5.0
SECOND = PROBE + 3 + 3
"""So many requests have come when the second point is well under way."""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_in_a_whole_run_the_point_is_measured_again(
    case: Case, number: signal.Signals, caplog: pytest.LogCaptureFixture
) -> None:
    case.load = ((2, 12),)
    moments: list[float] = []
    spec = case.spec()
    with meanwhile(hit(case, "server", number, PROBE + 3, moments)):
        benchmark(spec=spec, results=str(case.results))
    (restart,) = (record for record in caplog.records if "restarting it once" in record.getMessage())
    print(f"{number.name} of the server, in a run: noticed after {restart.created - moments[0]:.2f} s")
    assert restart.created - moments[0] < NOTICED_S
    assert table(case, "points").select("attempt", "succeeded", "failed").rows() == [(2, 12, 0)]
    assert "invalid" not in table(case, "points")["verdict"].to_list()
    assert table(case, "requests").height == 12
    assert table(case, "runs")["outcome"].to_list() == ["completed"]
    ((warning,),) = table(case, "runs")["warnings"].to_list()
    assert "restarting it once" in warning
    startup = table(case, "telemetry").filter(pl.col("metric").str.starts_with("startup_"))
    assert startup["metric"].n_unique() == 4
    assert startup.filter(pl.col("metric") == "startup_warmup_s")["value"].to_list() == [2.25, 2.25]


@pytest.mark.parametrize("kind", ["stall", "hang"])
def test_an_engine_that_hangs_behind_a_healthy_server(
    case: Case, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    """In the middle of its answers (its gauge tells of them), or before any (our client does)."""
    case.load, case.server = ((2, 12),), {"stall_timeout_s": 1.0}
    moments: list[float] = []
    spec = case.spec()

    def hang() -> None:
        started = case.asked(PROBE + 3)
        fault = [{"kind": kind, "first": 1}]
        httpx.post(f"http://127.0.0.1:{started['port']}/stub/faults", json=fault, trust_env=False)
        moments.append(time.time())

    with meanwhile(hang):
        benchmark(spec=spec, results=str(case.results))
    (restart,) = (record for record in caplog.records if "restarting it once" in record.getMessage())
    assert "did nothing for" in restart.getMessage()
    print(f"{kind} of the engine, limit 1 s: noticed after {restart.created - moments[0]:.2f} s")
    assert restart.created - moments[0] < case.server["stall_timeout_s"] + NOTICED_S
    assert table(case, "points").select("attempt", "succeeded", "failed").rows() == [(2, 12, 0)]
    assert table(case, "runs")["outcome"].to_list() == ["completed"]


@pytest.mark.parametrize(
    ("who", "number"),
    [
        ("server", signal.SIGKILL),
        ("server", signal.SIGSTOP),
        ("server", signal.SIGTERM),
        ("core", signal.SIGKILL),
        ("guardian", signal.SIGKILL),
    ],
)
def test_it_is_noticed_and_restarted(case: Case, who: str, number: signal.Signals) -> None:
    noticed: list[float] = []
    with open_server(run_of(case)) as started:
        first = case.start()
        moment = time.time()
        os.kill(first[who], number)
        assert measure_with_restart(started, watched(started, noticed)) == 2
        print(f"{number.name} of the {who}: noticed after {noticed[0] - moment:.2f} s")
        assert noticed[0] - moment < NOTICED_S
        assert case.start(2)["server"] != first["server"]
        # What the first one left is gone before the second one starts.
        assert not any(running(first[name]) for name in ("server", "core"))


def test_a_second_death_ends_the_run_and_keeps_what_was_measured(case: Case) -> None:
    moments: list[float] = []
    spec = case.spec()

    def twice() -> None:
        hit(case, "server", signal.SIGKILL, SECOND, moments)()
        hit(case, "server", signal.SIGKILL, PROBE + 3, moments, start=2)()

    with meanwhile(twice), pytest.raises(ServerDied, match="SIGKILL"):
        benchmark(spec=spec, results=str(case.results))
    points = table(case, "points")
    assert points.select("concurrency", "succeeded", "failed").rows() == [(1, 3, 0)]
    assert table(case, "requests").height == 3
    assert table(case, "runs")["outcome"].to_list() == ["failed"]


def starved(child: psutil.Process) -> None:
    """No more memory than it has: whatever it wants next is refused."""
    child.rlimit(psutil.RLIMIT_AS, (child.memory_info().vms, child.memory_info().vms))


@pytest.mark.parametrize("spoil", [psutil.Process.kill, psutil.Process.suspend, starved])
def test_a_measuring_child_that_is_spoilt_fails_its_point_alone(
    case: Case, spoil: Callable[[psutil.Process], None]
) -> None:
    case.load = ((2, 12), (1, 3))
    spec = case.spec()

    def act() -> None:
        case.asked(PROBE + 3)
        for process in psutil.Process().children(recursive=True):
            if any(file.path.endswith("worker.log") for file in process.open_files()):
                spoil(process)
                return
        raise AssertionError("no measuring child")

    with meanwhile(act), pytest.raises(MeasureError, match="1 of 2 measurements failed"):
        benchmark(spec=spec, results=str(case.results))
    points = table(case, "points").sort("concurrency")
    assert points["succeeded"].to_list() == [3, 0]
    assert points["verdict"].to_list()[1] == "invalid"
    assert len(list(case.state.glob("pids-*"))) == 1  # the server was left alone

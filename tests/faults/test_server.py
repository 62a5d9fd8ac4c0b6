"""The server dies or hangs during a measurement: the run restarts it once, at once, and loses nothing."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress

import httpx
import polars as pl
import psutil
import pytest

from flows.benchmark import benchmark
from flows.run.reuse import measure_with_restart
from flows.run.run_server import open_server
from tasks.errors import MeasureError, ServerDied
from tests.faults.case import PROBE_REQUESTS, Case
from tests.faults.inject import MeasureUntilDeath, SignalServer, injecting, prepare_run
from tests.helpers.processes import running

pytestmark = pytest.mark.usefixtures("api")
NOTICE_LIMIT_S = 20.0
"""On an idle machine a hang is noticed after 3 s. Without any check a request would end after 60 s."""
STALL_TIMEOUT_S = 1.0
FIRST_POINT = PROBE_REQUESTS + 3
"""Requests after which the first point is under way."""
SECOND_POINT = PROBE_REQUESTS + 3 + 3
"""Requests after which the second point is under way."""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_a_run_measures_the_point_again_on_a_restarted_server(
    case: Case, number: signal.Signals, caplog: pytest.LogCaptureFixture
) -> None:
    case.load = ((2, 12),)
    spec = case.spec()
    fault = SignalServer(case, "server", number, FIRST_POINT)
    with injecting(fault):
        benchmark(spec=spec, results=str(case.results))
    (restart,) = (record for record in caplog.records if "restarting it once" in record.getMessage())
    print(f"{number.name} of the server, in a run: noticed after {restart.created - fault.sent_at:.2f} s")
    assert restart.created - fault.sent_at < NOTICE_LIMIT_S
    assert case.table("points").select("attempt", "succeeded", "failed").rows() == [(2, 12, 0)]
    assert "invalid" not in case.table("points")["verdict"].to_list()
    assert case.table("requests").height == 12
    assert case.table("runs")["outcome"].to_list() == ["completed"]
    ((warning,),) = case.table("runs")["warnings"].to_list()
    assert "restarting it once" in warning
    startup = case.table("telemetry").filter(pl.col("metric").str.starts_with("startup_"))
    assert startup["metric"].n_unique() == 4
    assert startup.filter(pl.col("metric") == "startup_warmup_s")["value"].to_list() == [2.25, 2.25]


@pytest.mark.parametrize("kind", ["stall", "hang"])
def test_an_engine_that_hangs_behind_a_healthy_server(
    case: Case, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    """It hangs amid its responses, which its gauge shows, or before any, which only the client shows."""
    case.load, case.server = ((2, 12),), {"stall_timeout_s": STALL_TIMEOUT_S}
    injected_at: list[float] = []
    spec = case.spec()

    def hang() -> None:
        port = case.wait_for_requests(FIRST_POINT)["port"]
        faults = [{"kind": kind, "first": 1}]
        httpx.post(f"http://127.0.0.1:{port}/stub/faults", json=faults, trust_env=False)
        injected_at.append(time.time())

    with injecting(hang):
        benchmark(spec=spec, results=str(case.results))
    (restart,) = (record for record in caplog.records if "restarting it once" in record.getMessage())
    assert "did nothing for" in restart.getMessage()
    noticed_s = restart.created - injected_at[0]
    print(f"{kind} of the engine, limit {STALL_TIMEOUT_S:g} s: noticed after {noticed_s:.2f} s")
    assert noticed_s < STALL_TIMEOUT_S + NOTICE_LIMIT_S
    assert case.table("points").select("attempt", "succeeded", "failed").rows() == [(2, 12, 0)]
    assert case.table("runs")["outcome"].to_list() == ["completed"]


@pytest.mark.parametrize(
    ("process", "number"),
    [
        ("server", signal.SIGKILL),
        ("server", signal.SIGSTOP),
        ("server", signal.SIGTERM),
        ("core", signal.SIGKILL),
        ("guardian", signal.SIGKILL),
    ],
)
def test_a_death_is_noticed_and_the_server_restarted(
    case: Case, process: str, number: signal.Signals
) -> None:
    with open_server(prepare_run(case)) as server:
        first = case.wait_for_start()
        measurement = MeasureUntilDeath(server)
        sent_at = time.time()
        os.kill(first[process], number)
        assert measure_with_restart(server, measurement) == 2
        print(f"{number.name} of the {process}: noticed after {measurement.noticed_at - sent_at:.2f} s")
        assert measurement.noticed_at - sent_at < NOTICE_LIMIT_S
        assert case.wait_for_start(2)["server"] != first["server"]
        # The processes of the first start have ended before the second one begins.
        assert not any(running(first[name]) for name in ("server", "core"))


def test_a_second_death_ends_the_run_and_keeps_what_was_measured(case: Case) -> None:
    spec = case.spec()

    def kill_twice() -> None:
        SignalServer(case, "server", signal.SIGKILL, SECOND_POINT)()
        SignalServer(case, "server", signal.SIGKILL, FIRST_POINT, start=2)()

    with injecting(kill_twice), pytest.raises(ServerDied, match="SIGKILL"):
        benchmark(spec=spec, results=str(case.results))
    points = case.table("points")
    assert points.select("concurrency", "succeeded", "failed").rows() == [(1, 3, 0)]
    assert case.table("requests").height == 3
    assert case.table("runs")["outcome"].to_list() == ["failed"]


def starve(child: psutil.Process) -> None:
    """Limit a process to the memory that it has: every further allocation fails."""
    child.rlimit(psutil.RLIMIT_AS, (child.memory_info().vms, child.memory_info().vms))


@pytest.mark.parametrize("spoil", [psutil.Process.kill, psutil.Process.suspend, starve])
def test_a_measuring_process_that_fails_costs_only_its_point(
    case: Case, spoil: Callable[[psutil.Process], None]
) -> None:
    case.load = ((2, 12), (1, 3))
    spec = case.spec()

    def spoil_measuring_process() -> None:
        case.wait_for_requests(FIRST_POINT)
        for process in psutil.Process().children(recursive=True):
            with suppress(psutil.NoSuchProcess):  # one that ends while it is looked at is another
                if any(file.path.endswith("worker.log") for file in process.open_files()):
                    spoil(process)
                    return
        raise AssertionError("no measuring process")

    with (
        injecting(spoil_measuring_process),
        pytest.raises(MeasureError, match="1 of 2 measurements failed"),
    ):
        benchmark(spec=spec, results=str(case.results))
    points = case.table("points").sort("concurrency")
    assert points["succeeded"].to_list() == [3, 0]
    assert points["verdict"].to_list()[1] == "invalid"
    assert len(list(case.state.glob("pids-*"))) == 1  # the server was not restarted

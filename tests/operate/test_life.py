"""How runs end: cancelled in every stage, with their worker killed, with the server restarted under them."""

from __future__ import annotations

import shutil
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest

from stub.process import Stub
from tasks.record.store import Store
from tests.faults.case import Case
from tests.faults.fake_environment import make_environment
from tests.helpers.processes import running
from tests.helpers.wait import until
from tests.operate.upper import OVER, Upped

GONE_S = 60.0
FLOW_PROCESS = "flows.run.flow_process"
MARK = "OPERATE_MARK"
"""A variable that every process of a run inherits, its server too."""


def flow_process(run: str) -> psutil.Process | None:
    """The process of a flow run on this machine."""
    for process in psutil.process_iter():
        try:
            if FLOW_PROCESS in process.cmdline() and process.environ().get("PREFECT__FLOW_RUN_ID") == run:
                return process
        except psutil.Error:
            continue
    return None


def family(run: str) -> list[psutil.Process]:
    """The flow's process and all its descendants."""
    process = flow_process(run)
    assert process is not None
    return [process, *process.children(recursive=True)]


def marked(mark: str) -> list[psutil.Process]:
    """Every process with a run's mark in its environment, whatever its parent is."""
    processes = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.environ().get(MARK) == mark:
                processes.append(process)
    return alive(processes)


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that still run."""
    return [process for process in processes if running(process.pid)]


def parallel(host: str) -> dict[str, Any]:
    """Options of a run in parallel to others: on the queue without a limit, with a GPU slot of its own."""
    return {
        "work_queue_name": "control",
        "job_variables": {"env": {"SERVEGAUGE_HOST": host, MARK: host}},
    }


def cancel(up: Upped, run: str) -> None:
    """Cancel a run as the UI does."""
    up.post(f"/flow_runs/{run}/set_state", {"state": {"type": "CANCELLING"}})


def never_ready(folder: Path, tokenizer: Path) -> Case:
    """A spec whose server never answers."""
    folder.mkdir()
    model = folder / "model"
    shutil.copytree(tokenizer, model)
    (model / "config.json").write_text('{"architectures": ["LlamaForCausalLM"]}')
    return Case(folder, make_environment(folder / "environment"), model, env={"FAKE_BEHAVIOUR": "hang"})


def never_swept(spec: str, folder: Path, slow: Stub, own: Stub) -> str:
    """A spec like another, on a stub of its own, whose last load takes minutes; its path."""
    file = folder / "endless.yaml"
    text = Path(spec).read_text().replace(slow.url, own.url)
    file.write_text(text.replace("requests: 20}", "requests: 400}"))
    return str(file)


def never_provided(folder: Path, tokenizer: Path) -> Case:
    """A spec whose interpreter lists its packages, but takes ten minutes to generate a synthetic model."""
    case = never_ready(folder, tokenizer)
    case.python.write_text(f'#!/bin/sh\n[ "$1" = -c ] || exec sleep 600\n{case.python.read_text()}')
    case.model = Path("synthetic:gpt-oss")
    return case


REACHED = {
    "provisioning": "provision: environment",
    "boot": "starts, log",
    "sweep": "throughput c1 ·",
    "evaluation": "throughput c4 ·",
}
"""The line of the log after which a run is in that stage."""
KEPT = {"provisioning": (0, 0), "boot": (0, 0), "sweep": (1, 2), "evaluation": (2, 22)}
"""Points and requests that are recorded by then."""


def test_cancelled_in_every_stage_nothing_is_left(
    up: Upped, slow_spec: str, slow: Stub, stub: Callable[..., Stub], tmp_path: Path, tokenizer: Path
) -> None:
    own = stub(ttft=0.2, itl=0.1, tokens=200, tokenizer=str(tokenizer))  # runs on one stub would wait in line
    specs = {
        "provisioning": never_provided(tmp_path / "provisioning", tokenizer).spec(),
        "boot": never_ready(tmp_path / "boot", tokenizer).spec(),
        "sweep": never_swept(slow_spec, tmp_path, slow, own),
        "evaluation": slow_spec,
    }
    runs = {}
    for stage, spec in specs.items():
        up.post("/v2/concurrency_limits/", {"name": f"gpu-{stage}", "limit": 1, "active": True})
        runs[stage] = up.start({"spec": spec, "refresh": True}, **parallel(stage))
    held = dict[str, list[psutil.Process]]()

    def cancel_those_that_are_there() -> bool:
        for stage, run in runs.items():
            if stage not in held and (REACHED[stage] in up.logs(run) or up.state(run) in OVER):
                assert up.state(run) == "RUNNING", f"{stage}: {up.logs(run)}"
                assert occupied(up, stage) == 1
                held[stage] = family(run)
                cancel(up, run)
        return len(held) == len(runs)

    assert until(cancel_those_that_are_there, 120, 0.2), {
        s: up.logs(r) for s, r in runs.items() if s not in held
    }
    for stage, run in runs.items():
        asked = time.monotonic()
        assert until(partial(is_cancelled, up, run), GONE_S, 0.2), f"{stage}: {up.logs(run)}"
        processes = held[stage]
        ended = until(partial(have_ended, processes, stage), GONE_S)
        assert ended, f"{stage}: {[p.cmdline() for p in alive(processes) + marked(stage)]}"
        assert until(partial(is_free, up, stage), GONE_S, 0.2), f"{stage}: its GPU slot is still occupied"
        print(f"{stage}: ended {time.monotonic() - asked:.1f} s after it was asked for")
        assert recorded(up, run) == ("stopped", *KEPT[stage])


def is_cancelled(up: Upped, run: str) -> bool:
    """Whether the run ended as cancelled."""
    return up.state(run) == "CANCELLED"


def have_ended(processes: list[psutil.Process], mark: str) -> bool:
    """Whether these processes and all with the mark have ended."""
    return not (alive(processes) or marked(mark))


def is_free(up: Upped, host: str) -> bool:
    """Whether no run holds a machine's GPU slot."""
    return occupied(up, host) == 0


def occupied(up: Upped, host: str) -> int:
    """How many runs hold a machine's GPU slot."""
    return int(up.ask("GET", f"/v2/concurrency_limits/gpu-{host}")["active_slots"])


def recorded(up: Upped, run: str) -> tuple[str, int, int]:
    """The outcome of the run in the tables, and how many of its points and requests are there."""
    store, run_id = Store(up.results), str(up.run(run)["labels"]["servegauge.run"])
    (outcome,) = store.read("runs", run_id)["outcome"]
    return str(outcome), store.read("points", run_id).height, store.read("requests", run_id).height


@pytest.mark.long
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_run_ends_with_its_worker_and_the_next_is_not_blocked(
    up: Upped, slow_spec: str, quick: str, number: signal.Signals
) -> None:
    variables = {"env": {MARK: number.name}}
    run = up.start({"spec": slow_spec, "only": "speed", "refresh": True}, job_variables=variables)
    assert until(lambda: "probe:" in up.logs(run), 120, 0.2), up.logs(run)
    processes = family(run)
    up.worker().send_signal(number)
    killed = time.monotonic()
    waits = up.start({"spec": quick})
    assert until(lambda: not (alive(processes) or marked(number.name)), 30), [
        p.cmdline() for p in alive(processes)
    ]
    gone_s = time.monotonic() - killed
    assert until(lambda: "plan:" in up.logs(waits), 90 - gone_s, 0.2), up.logs(waits)
    print(
        f"{number.name}: ended after {gone_s:.1f} s, the next began after {time.monotonic() - killed:.1f} s"
    )
    assert up.ended(run, 90) in {"CRASHED", "CANCELLED", "FAILED"}
    print(f"{number.name}: {up.state(run)} after {time.monotonic() - killed:.1f} s")
    assert up.ended(waits) == "COMPLETED"
    assert recorded(up, run)[0] != "running"


@pytest.mark.long
def test_a_run_goes_on_while_the_server_is_restarted(up: Upped, slow_spec: str) -> None:
    parameters = {"spec": slow_spec, "only": "speed", "concurrency": [2], "requests": 40, "refresh": True}
    run = up.start(parameters)
    assert until(lambda: "probe:" in up.logs(run), 120, 0.2), up.logs(run)
    up.child("prefect-server").send_signal(signal.SIGTERM)
    assert until(lambda: not answers(up), 30)
    assert until(lambda: answers(up), 60)
    assert up.ended(run) == "COMPLETED", up.logs(run)


def answers(up: Upped) -> bool:
    """Whether the server is there."""
    try:
        return up.http.get("/health").status_code == 200
    except Exception:
        return False

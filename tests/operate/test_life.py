"""How runs end: cancelled in every stage, with their worker killed, with the server restarted under them."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tasks.record.store import Store
from tests.faults.engine import Case, make_environment
from tests.operate.upper import Upped, until
from tests.stub.process import Stub, stub_server

GONE_S = 20.0


@pytest.fixture(scope="module")
def slow(tokenizer: Path) -> Iterator[Stub]:
    """A stub that takes a while for every answer."""
    with stub_server(ttft=0.2, itl=0.1, tokens=200, tokenizer=str(tokenizer)) as stub:
        yield stub


@pytest.fixture
def slow_spec(quick: str, slow: Stub, engine: Stub, tmp_path: Path) -> str:
    """The quick spec on the slow stub."""
    file = tmp_path / "slow.yaml"
    file.write_text(
        Path(quick).read_text().replace(engine.url, slow.url).replace("name: quick", "name: slow")
    )
    return str(file)


def flow_process(run: str) -> psutil.Process | None:
    """The process of a flow run on this machine."""
    for process in psutil.process_iter():
        try:
            if "prefect.engine" in process.cmdline() and process.environ().get("PREFECT__FLOW_RUN_ID") == run:
                return process
        except psutil.Error:
            continue
    return None


def family(run: str) -> list[psutil.Process]:
    """The flow's process and all its descendants."""
    process = flow_process(run)
    assert process is not None
    return [process, *process.children(recursive=True)]


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that are not over."""
    return [p for p in processes if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]


def beside(host: str) -> dict[str, object]:
    """A run beside others: on the queue without a limit, with a place of its own."""
    return {"work_queue_name": "control", "job_variables": {"env": {"SERVEGAUGE_HOST": host}}}


def cancel(up: Upped, run: str) -> None:
    """Ask for it as the UI does."""
    up.post(f"/flow_runs/{run}/set_state", {"state": {"type": "CANCELLING"}})


def never_ready(folder: Path, tokenizer: Path, python_waits: bool) -> str:
    """A spec whose environment cannot be read, or whose server never answers; its path."""
    folder.mkdir()
    model = folder / "model"
    shutil.copytree(tokenizer, model)
    (model / "config.json").write_text('{"architectures": ["LlamaForCausalLM"]}')
    python = make_environment(folder / "environment")
    if python_waits:
        python.write_text("#!/bin/sh\nexec sleep 600\n")
    return Case(folder, python, model, env={"FAKE_MANNERS": "hang"}).spec()


def test_cancelled_in_every_stage_nothing_is_left(
    up: Upped, slow_spec: str, tmp_path: Path, tokenizer: Path
) -> None:
    hangs = never_ready(tmp_path / "boot", tokenizer, False)
    runs = {
        "boot": up.start({"spec": hangs}, **beside("boot")),
        "sweep": up.start({"spec": slow_spec, "only": "speed", "refresh": True}, **beside("sweep")),
        "evaluation": up.start({"spec": slow_spec, "only": "accuracy"}, **beside("evaluation")),
        "provisioning": up.start(
            {"spec": never_ready(tmp_path / "provisioning", tokenizer, True)}, **beside("provisioning")
        ),
    }

    def reached(stage: str) -> bool:
        words = {
            "boot": "starts, log",
            "provisioning": "waits for",
            "sweep": "probe:",
            "evaluation": "probe:",
        }
        return words[stage] in up.logs(runs[stage])

    families = {}
    for stage, run in runs.items():
        assert until(lambda s=stage: reached(s) or up.state(runs[s]) == "FAILED", 120)
        assert reached(stage), f"{stage}: {up.logs(run)}"
        families[stage] = family(run)
        cancel(up, run)
    for stage, run in runs.items():
        assert until(lambda r=run: up.state(r) == "CANCELLED", GONE_S), f"{stage}: {up.logs(run)}"
        left = until(lambda s=stage: not alive(families[s]), GONE_S)
        assert left, f"{stage}: {[p.cmdline() for p in alive(families[stage])]}"
    outcomes = Store(up.results).read("runs").filter(spec="slow")["outcome"].to_list()
    assert outcomes == ["stopped"] * 2


@pytest.mark.long
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_run_ends_with_its_worker_and_the_next_is_not_blocked(
    up: Upped, slow_spec: str, quick: str, number: signal.Signals
) -> None:
    run = up.start({"spec": slow_spec, "only": "speed", "refresh": True})
    assert until(lambda: "probe:" in up.logs(run), 120), up.logs(run)
    processes = family(run)
    up.worker().send_signal(number)
    waits = up.start({"spec": quick})
    assert until(lambda: not alive(processes), 30), [p.cmdline() for p in alive(processes)]
    assert up.ended(run, 90) in {"CRASHED", "CANCELLED", "FAILED"}
    assert until(lambda: "plan:" in up.logs(waits), 90), up.logs(waits)
    assert up.ended(waits) == "COMPLETED"


@pytest.mark.long
def test_a_run_goes_on_while_the_server_is_restarted(up: Upped, slow_spec: str) -> None:
    parameters = {"spec": slow_spec, "only": "speed", "concurrency": [2], "requests": 40, "refresh": True}
    run = up.start(parameters)
    assert until(lambda: "probe:" in up.logs(run), 120), up.logs(run)
    up.child("server").send_signal(signal.SIGTERM)
    assert until(lambda: not answers(up), 30)
    assert until(lambda: answers(up), 60)
    assert up.ended(run) == "COMPLETED", up.logs(run)


def answers(up: Upped) -> bool:
    """Whether the server is there."""
    try:
        return up.http.get("/health").status_code == 200
    except Exception:
        return False

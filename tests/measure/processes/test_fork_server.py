"""The fork server and its children, seen from a script of their own: what they import, and when they end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tasks.config.home import checkout
from tasks.measure.processes.child import LOG
from tests.helpers.processes import running
from tests.helpers.wait import until
from tests.measure.conftest import MakeJob
from tests.measure.processes.run_worker import run_worker

SCRIPT = """
import sys, time
from pathlib import Path
from tasks.config.load_kinds.closed_loop import ClosedLoop
from tasks.config.sweep import Sweep
from tasks.measure.jobs import PointJob
from tasks.measure.processes import fork_server
from tasks.measure.processes.run_jobs import run_job
from tasks.serve.endpoint import Endpoint

print("imported", flush=True)
fork_server.warm_up()
if sys.argv[1] == "warming":
    print("ready", flush=True)
    time.sleep(60)
load = ClosedLoop(concurrency=1, requests=1)
job = PointJob(sweep=Sweep(name="s", load=(load,)), load=load, repeat=0, attempt=0, run_name="r", seed=1,
    endpoint=Endpoint(url="http://127.0.0.1:9/v1", model="m", tokenizer="t"), folder=Path(sys.argv[2]))
def progress(count):
    print("ready", flush=True)
    if sys.argv[1] == "ending":
        raise SystemExit(3)
worker = "prints_and_reports" if sys.argv[1] == "returning" else "hangs"
target = f"tests.measure.processes.workers:{worker}"
run_job(target, job, check=lambda: None, progress=progress, timeout_s=60)
"""


def test_a_child_does_not_import_the_main_module_again(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    done = subprocess.run(
        [sys.executable, str(script), "returning", str(tmp_path)],
        cwd=checkout(),
        env=os.environ | {"PYTHONPATH": str(checkout())},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "imported" not in (tmp_path / LOG).read_text()
    assert done.stdout.count("imported") == 1


@pytest.mark.parametrize("moment", ["warming", "measuring", "ending"])
def test_no_process_outlives_the_parent(tmp_path: Path, moment: str) -> None:
    command = [sys.executable, "-c", SCRIPT, moment, str(tmp_path)]
    with subprocess.Popen(
        command, cwd=checkout(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "imported\n"
        assert parent.stdout.readline() == "ready\n"
        pids = {child.pid for child in psutil.Process(parent.pid).children(recursive=True)}
        if moment != "ending":
            os.kill(parent.pid, signal.SIGKILL)
        _, stderr = parent.communicate(timeout=60)
    assert pids
    assert until(lambda: not any(running(pid) for pid in pids))
    assert "leaked" not in stderr


@pytest.mark.usefixtures("warm")
def test_a_child_begins_with_the_modules_that_load_a_tokenizer(make_job: MakeJob) -> None:
    assert run_worker("has_tokenizers", make_job()) is True

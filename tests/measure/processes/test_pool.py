"""Measuring processes: what they return, how they fail, and that none is left."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tasks.config.home import checkout
from tasks.errors import MeasureError, ServerDied
from tasks.measure.jobs import PointJob
from tasks.measure.processes import pool
from tests.measure.conftest import KEY

ROOT = checkout()
WORKERS = "tests.measure.processes.workers"


def run(name: str, job: PointJob, timeout_s: float = 60, check: Callable[[], None] = lambda: None) -> object:
    """Run a test worker."""
    return pool.run_job(f"{WORKERS}:{name}", job, check=check, progress=lambda _: None, timeout_s=timeout_s)


def jobs_running() -> list[psutil.Process]:
    """Descendants that are neither the fork server nor its helper."""
    own = psutil.Process()
    return [child for parent in own.children() for child in parent.children()]


def gone(pids: set[int], within_s: float) -> bool:
    """Whether all end in time."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if not any(psutil.pid_exists(pid) and psutil.Process(pid).status() != "zombie" for pid in pids):
            return True
        time.sleep(0.05)
    return False


@pytest.mark.usefixtures("warm")
def test_a_job_returns_reports_and_logs(
    make_job: Callable[..., PointJob], capfd: pytest.CaptureFixture[str]
) -> None:
    job, seen = make_job(), []
    value = pool.run_job(f"{WORKERS}:fine", job, check=lambda: None, progress=seen.append, timeout_s=60)
    assert (value, seen) == ("repeat 0", [1, 2, 3])
    assert "said on stdout" in (job.folder / "worker.log").read_text()
    assert "said on stderr" in (job.folder / "worker.log").read_text()
    assert capfd.readouterr() == ("", "")


@pytest.mark.usefixtures("warm")
def test_a_job_has_a_session_of_its_own_and_with_it_a_share_of_the_processors(
    make_job: Callable[..., PointJob],
) -> None:
    assert run("session", make_job()) is True


@pytest.mark.usefixtures("warm")
def test_a_failure_is_one_line_without_the_key(make_job: Callable[..., PointJob]) -> None:
    with pytest.raises(MeasureError) as caught:
        run("fails", make_job())
    assert "ValueError: the key *** is wrong" in caught.value.what
    assert "\n" not in caught.value.what
    assert KEY not in caught.value.what


@pytest.mark.usefixtures("warm")
@pytest.mark.parametrize("name", ["dies", "no_such_function"])
def test_a_crash_is_a_measure_error(make_job: Callable[..., PointJob], name: str) -> None:
    with pytest.raises(MeasureError):
        run(name, make_job())
    assert not jobs_running()


@pytest.mark.usefixtures("warm")
def test_a_worker_that_cannot_be_imported_says_so(make_job: Callable[..., PointJob]) -> None:
    with pytest.raises(MeasureError, match="No module named"):
        pool.run_job(
            "tasks.none_worker:run", make_job(), check=lambda: None, progress=lambda _: None, timeout_s=60
        )


@pytest.mark.usefixtures("warm")
def test_a_job_is_ended_at_its_limit(make_job: Callable[..., PointJob]) -> None:
    with pytest.raises(MeasureError, match="time limit"):
        run("forever", make_job(), timeout_s=1)
    assert not jobs_running()


@pytest.mark.usefixtures("warm")
@pytest.mark.parametrize("error", [ServerDied("gone", "restart"), KeyboardInterrupt()])
def test_what_the_check_raises_ends_the_child(
    make_job: Callable[..., PointJob], error: BaseException
) -> None:
    calls = iter(range(100))

    def check() -> None:
        if next(calls) == 3:
            raise error

    begun = time.monotonic()
    with pytest.raises(type(error)):
        run("forever", make_job(), check=check)
    assert time.monotonic() - begun < 5
    assert not jobs_running()


PARENT = """
import sys, time
from pathlib import Path
from tasks.config.load import Load
from tasks.config.sweep import Sweep
from tasks.measure.processes import pool
from tasks.measure.jobs import PointJob
from tasks.serve.endpoint import Endpoint

print("imported", flush=True)
pool.warm_up()
if sys.argv[1] == "warming":
    print("ready", flush=True)
    time.sleep(60)
load = Load(concurrency=1, requests=1)
job = PointJob(sweep=Sweep(name="s", load=(load,)), load=load, repeat=0, attempt=0, run_name="r", seed=1,
    endpoint=Endpoint(url="http://127.0.0.1:9/v1", model="m", tokenizer="t"), folder=Path(sys.argv[2]))
def progress(count):
    print("ready", flush=True)
    if sys.argv[1] == "ending":
        raise SystemExit(3)
worker = "fine" if sys.argv[1] == "done" else "forever"
target = f"tests.measure.processes.workers:{worker}"
pool.run_job(target, job, check=lambda: None, progress=progress, timeout_s=60)
"""


def test_a_child_does_not_import_the_main_module_again(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(PARENT)
    command = [sys.executable, str(script), "done", str(tmp_path)]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "imported" not in (tmp_path / "worker.log").read_text()
    assert done.stdout.count("imported") == 1


@pytest.mark.parametrize("moment", ["warming", "measuring", "ending"])
def test_nothing_outlives_the_parent(tmp_path: Path, moment: str) -> None:
    command = [sys.executable, "-c", PARENT, moment, str(tmp_path)]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "imported\n"
        assert parent.stdout.readline() == "ready\n"
        pids = {child.pid for child in psutil.Process(parent.pid).children(recursive=True)}
        if moment != "ending":
            os.kill(parent.pid, signal.SIGKILL)
        _, stderr = parent.communicate(timeout=20)
    assert pids
    assert gone(pids, within_s=5)
    assert "leaked" not in stderr

"""A run that was killed while SwanLab logged it is mentioned once, and what it left is removed."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import psutil
import pytest

from tasks.config.trackers import SwanLab, Track
from tasks.track.killed_swanlab import mark_as_logging, mend_killed_logging
from tasks.track.swanlab_job import SwanLabJob
from tasks.track.swanlab_process import WORKER_COMMAND, worker_environment
from tasks.track.tracker import track_run
from tests.track.made_up_run import made_up_run


def job_in(results: Path, run_id: str = "run-1") -> SwanLabJob:
    """A job whose experiments are in a results folder."""
    folder = results / "swanlab"
    folder.mkdir(exist_ok=True)
    return SwanLabJob(config=SwanLab(), run=made_up_run(run_id=run_id), folder=folder)


def leave_marker(job: SwanLabJob, *earlier: Path) -> None:
    """Leave the file that a killed worker process leaves."""
    lines = (job.run.run_id, *(folder.name for folder in earlier))
    (job.folder / f".logging-{job.experiment_id}").write_text("\n".join(lines))


def experiment(job: SwanLabJob, content: bytes, name: str = "run_1") -> Path:
    """Make an experiment's folder with a `.swanlab` file."""
    folder = job.folder / f"run-20260101_000000-{name}"
    (folder / "files").mkdir(parents=True)
    (folder / f"run-{name}.swanlab").write_bytes(content)
    return folder


def kill_while_logging(job: SwanLabJob) -> None:
    """Run the real worker process, and kill it once SwanLab has begun its file.

    The worker runs in slices: while it is looked at it stands still, so it cannot end before it is killed.
    """
    with subprocess.Popen(
        WORKER_COMMAND, stdin=subprocess.PIPE, env=worker_environment(""), text=True
    ) as worker:
        assert worker.stdin
        worker.stdin.write(job.model_dump_json())
        worker.stdin.close()
        process = psutil.Process(worker.pid)
        while not list(job.folder.glob("run-*/*.swanlab")):
            assert worker.poll() is None
            process.resume()
            time.sleep(0.01)
            process.suspend()
        worker.kill()


@pytest.mark.parametrize("run_id", ["20260101-120000-my.spec-a1b2", "run: 1/2", "run_A-1"])
def test_a_killed_worker_is_mentioned_once(tmp_path: Path, run_id: str) -> None:
    job = job_in(tmp_path, run_id)
    kill_while_logging(job)
    (message,) = mend_killed_logging(tmp_path)
    assert message.startswith(f"{run_id} was killed while SwanLab logged it; its incomplete")
    assert not list(job.folder.glob("run-*"))
    assert mend_killed_logging(tmp_path) == ()


def test_only_what_the_killed_process_left_is_removed(tmp_path: Path) -> None:
    job = job_in(tmp_path)
    earlier = experiment(job, b"whole")
    (incomplete := earlier.with_name("run-20260102_000000-run_1")).mkdir()
    (incomplete / "run-run_1.swanlab").write_bytes(b"some figures")
    leave_marker(job, earlier)
    (message,) = mend_killed_logging(tmp_path)
    assert "`servegauge track run-1` logs them" in message
    assert (earlier.exists(), incomplete.exists()) == (True, False)
    assert mend_killed_logging(tmp_path) == ()


def test_experiments_of_other_runs_are_left_alone(tmp_path: Path) -> None:
    job = job_in(tmp_path)
    leave_marker(job)
    mine, other = experiment(job, b""), experiment(job, b"", "run_10")
    assert len(mend_killed_logging(tmp_path)) == 1
    assert not mine.exists()
    assert other.exists()


def test_a_run_that_is_being_logged_is_left_alone(tmp_path: Path) -> None:
    job = job_in(tmp_path)
    with mark_as_logging(job):
        begun = experiment(job, b"")
        assert mend_killed_logging(tmp_path) == ()
        assert begun.exists()
    assert list(job.folder.iterdir()) == [begun]


def test_a_run_that_was_logged_leaves_no_mark(tmp_path: Path) -> None:
    (outcome,) = track_run(Track(), made_up_run(), tmp_path, tmp_path / "run-1")
    assert outcome.warning is None
    assert mend_killed_logging(tmp_path) == ()
    assert not list((tmp_path / "swanlab").glob(".logging-*"))


def test_results_without_experiments_are_left_as_they_are(tmp_path: Path) -> None:
    assert mend_killed_logging(tmp_path / "nothing") == ()
    assert not (tmp_path / "nothing").exists()

"""A run whose process has ended is recorded as killed; a run that goes on is not."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tasks.record.run_lock import LOCK, hold_run_lock, record_killed_runs
from tasks.record.store import Store
from tasks.record.write_run import record_run
from tests.record import made_up

HOLD = """
import sys, time
from pathlib import Path
from tasks.record.run_lock import hold_run_lock
with hold_run_lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(600)
"""


def running_run(root: Path) -> tuple[Store, Path]:
    """A store with a run that is recorded as running, and the folder of the run's files."""
    record_run(Store(root), made_up.run().model_copy(update={"outcome": "running", "finished_at": None}))
    folder = root / "files" / "run-1"
    folder.mkdir(parents=True)
    return Store(root), folder


def test_a_run_is_recorded_as_killed_once_its_process_has_ended(tmp_path: Path) -> None:
    store, folder = running_run(tmp_path)
    with subprocess.Popen((sys.executable, "-c", HOLD, str(folder)), stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"held\n"
        assert record_killed_runs(store, folder.parent) == ()
        process.send_signal(signal.SIGKILL)
        process.wait(10)
    last_write = (folder / LOCK).stat().st_mtime
    assert record_killed_runs(store, folder.parent) == ("run-1",)
    row = store.read("runs").row(0, named=True)
    assert row["outcome"] == "killed"
    assert row["finished_at"].timestamp() == pytest.approx(last_write, abs=1e-3)
    assert record_killed_runs(store, folder.parent) == ()


def test_a_run_whose_lock_is_held_or_missing_is_left_as_it_is(tmp_path: Path) -> None:
    store, folder = running_run(tmp_path)
    assert record_killed_runs(store, folder.parent) == ()  # without a lock file it may run on another machine
    with hold_run_lock(folder):
        assert record_killed_runs(store, folder.parent) == ()
    assert store.read("runs")["outcome"].to_list() == ["running"]


def test_a_run_whose_outcome_could_not_be_written_is_recorded_as_killed(tmp_path: Path) -> None:
    store, folder = running_run(tmp_path)
    with hold_run_lock(folder):
        pass
    assert record_killed_runs(store, folder.parent) == ("run-1",)


def test_a_damaged_table_is_not_an_error(tmp_path: Path) -> None:
    store, folder = running_run(tmp_path)
    (tmp_path / "runs" / "other--run.parquet").write_bytes(b"no parquet")
    assert record_killed_runs(store, folder.parent) == ()

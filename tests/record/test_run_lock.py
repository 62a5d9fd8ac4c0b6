"""A run whose process is gone does not stay `running`; one that goes on is left alone."""

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


def begun(root: Path) -> tuple[Store, Path]:
    """A store with a run that stands as running; the folder of its files."""
    record_run(Store(root), made_up.run().model_copy(update={"outcome": "running", "finished_at": None}))
    folder = root / "files" / "run-1"
    folder.mkdir(parents=True)
    return Store(root), folder


def test_a_killed_one_is_told_once_its_process_is_gone(tmp_path: Path) -> None:
    store, folder = begun(tmp_path)
    with subprocess.Popen((sys.executable, "-c", HOLD, str(folder)), stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"held\n"
        assert record_killed_runs(store, folder.parent) == ()
        process.send_signal(signal.SIGKILL)
        process.wait(10)
    last = (folder / LOCK).stat().st_mtime
    assert record_killed_runs(store, folder.parent) == ("run-1",)
    row = store.read("runs").row(0, named=True)
    assert row["outcome"] == "killed"
    assert row["finished_at"].timestamp() == pytest.approx(last, abs=1e-3)
    assert record_killed_runs(store, folder.parent) == ()


def test_one_that_goes_on_and_one_without_a_lock_are_left_alone(tmp_path: Path) -> None:
    store, folder = begun(tmp_path)
    assert record_killed_runs(store, folder.parent) == ()  # perhaps another machine's
    with hold_run_lock(folder):
        assert record_killed_runs(store, folder.parent) == ()
    assert store.read("runs")["outcome"].to_list() == ["running"]


def test_one_whose_end_could_not_be_written_is_told_by_the_next(tmp_path: Path) -> None:
    store, folder = begun(tmp_path)
    with hold_run_lock(folder):
        pass
    assert record_killed_runs(store, folder.parent) == ("run-1",)


def test_a_damaged_table_is_no_reason_to_fail(tmp_path: Path) -> None:
    store, folder = begun(tmp_path)
    (tmp_path / "runs" / "other--run.parquet").write_bytes(b"no parquet")
    assert record_killed_runs(store, folder.parent) == ()

"""`servegauge results` and `servegauge report` on what is recorded, and on what is not."""

from __future__ import annotations

import json
from pathlib import Path

from tasks.config.results_location import results_location
from tasks.record.run_lock import LOCK
from tasks.record.store import Store
from tasks.record.write_run import record_run
from tests.cli.answer import Call, refused
from tests.record import made_up


def test_a_table_or_run_that_does_not_exist(call: Call) -> None:
    refused(call("results", "point"), 2, "did you mean points?")
    refused(call("report", "nothing"), 2, "no run 'nothing'")


def test_results_of_an_empty_folder_are_an_empty_list(call: Call) -> None:
    done = call("results", "points", "--format", "json")
    assert (done.returncode, json.loads(done.stdout)) == (0, [])


def test_a_run_whose_process_was_killed_is_recorded_as_killed(call: Call, tmp_path: Path) -> None:
    location = results_location(tmp_path / "results")
    record_run(Store(location), made_up.run().model_copy(update={"outcome": "running", "finished_at": None}))
    lock = location.folder / "files" / "run-1" / LOCK
    lock.parent.mkdir(parents=True)
    lock.touch()
    (row,) = json.loads(call("results", "runs", "--format", "json", "--results", str(location)).stdout)
    assert row["outcome"] == "killed"
    assert row["finished_at"]

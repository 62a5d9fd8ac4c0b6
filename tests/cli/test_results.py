"""`servegauge results` and `servegauge report` on what is recorded, and on what is not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tasks.config.results_location import results_location
from tasks.record.run_lock import LOCK
from tasks.record.schemas import SCHEMAS
from tasks.record.store import Store
from tasks.record.write_run import record_point, record_run
from tests.cli.answer import Call, refused
from tests.record import made_up


def test_a_table_or_run_that_does_not_exist(call: Call, tmp_path: Path) -> None:
    (tmp_path / "results").mkdir()
    refused(call("results", "point"), 2, "did you mean points?")
    refused(call("report", "nothing"), 2, "no run 'nothing'")
    refused(call("report"), 2, "no run is recorded in", "--results")


@pytest.mark.parametrize("command", [("results", "points"), ("report",), ("compare", "previous", "last")])
def test_a_results_folder_that_does_not_exist(call: Call, tmp_path: Path, command: tuple[str, ...]) -> None:
    refused(call(*command), 2, f"folder {tmp_path / 'results'} does not exist", "--results")
    (tmp_path / "results").write_text("in the way")
    refused(call(*command), 2, f"folder {tmp_path / 'results'} is a file")


def test_results_of_an_empty_folder_are_an_empty_list(call: Call, tmp_path: Path) -> None:
    (tmp_path / "results").mkdir()
    done = call("results", "points", "--format", "json")
    assert (done.returncode, json.loads(done.stdout)) == (0, [])
    assert done.stderr == "no run is recorded in results\n"
    assert call("trend").stderr == "no run is recorded in results\n"


@pytest.mark.parametrize(
    "command", [("prune", "--keep", "1"), ("compact",), ("baseline", "list"), ("export", "site", "site")]
)
def test_a_folder_without_results_is_said_to_hold_none(
    call: Call, tmp_path: Path, command: tuple[str, ...]
) -> None:
    (tmp_path / "docs").mkdir()
    done = call(*command, "--results", "docs")
    assert (done.returncode, done.stderr) == (0, "no run is recorded in docs\n")
    record_run(Store(tmp_path / "docs"), made_up.run())
    assert call(*command, "--results", "docs").stderr == ""


def test_a_run_that_sent_no_requests_says_so(call: Call, tmp_path: Path) -> None:
    record_run(Store(tmp_path / "results"), made_up.run())
    assert call("results", "requests", "--run", "last").stderr == "run run-1 recorded no requests\n"
    assert call("trend").stderr.startswith("no completed run in results has measured")


def test_rows_and_columns_are_chosen(call: Call, tmp_path: Path) -> None:
    store = Store(tmp_path / "results")
    for number, outcome in enumerate(["completed", "failed"], 1):
        record_run(store, made_up.run(f"run-{number}").model_copy(update={"outcome": outcome}))
    chosen = ("--where", "outcome=failed", "--columns", "run_id, outcome")
    done = call("results", "--format", "csv", *chosen)
    assert done.stdout.splitlines() == ["run_id,outcome", "run-2,failed"]
    assert json.loads(call("results", "--run", "2", "--format", "json").stdout)[0]["run_id"] == "run-2"
    done = call("results")
    assert "| run-2 " in done.stdout
    every = len(SCHEMAS["runs"])
    assert f"6 of {every} columns; --columns all prints every one" in done.stderr


def test_a_run_whose_process_was_killed_is_recorded_as_killed(call: Call, tmp_path: Path) -> None:
    location = results_location(tmp_path / "results")
    record_run(Store(location), made_up.run().model_copy(update={"outcome": "running", "finished_at": None}))
    lock = location.folder / "files" / "run-1" / LOCK
    lock.parent.mkdir(parents=True)
    lock.touch()
    (row,) = json.loads(call("results", "runs", "--format", "json", "--results", str(location)).stdout)
    assert row["outcome"] == "killed"
    assert row["finished_at"]


def test_percentiles_by_run_and_load_before_and_after_compaction(call: Call, tmp_path: Path) -> None:
    store = Store(tmp_path / "results")
    for run_id in ("run-1", "run-2"):
        record_run(store, made_up.run(run_id))
        point = made_up.recorded(made_up.point(), run_id)
        record_point(store, run_id, point, [made_up.request(index) for index in range(3)])
    command = (
        "results",
        "requests",
        "--percentiles",
        "ttft_s,latency_s",
        "--by",
        "run,load",
        "--format",
        "csv",
    )
    before = call(*command)
    assert before.stdout.splitlines()[1] == "run-1,throughput,c4,3,0.05,,,,1.0,,,"
    compacted = call("compact")
    assert "2 runs are compacted in" in compacted.stdout
    assert ": 6 files before, 3 now" in compacted.stdout
    assert call(*command).stdout == before.stdout
    refused(call("results", "requests", "--by", "load"), 2, "--percentiles ttft_s,latency_s")

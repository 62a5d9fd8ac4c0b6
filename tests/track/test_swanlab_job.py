"""The id of an experiment."""

from __future__ import annotations

from pathlib import Path

from tasks.config.trackers import SwanLab
from tasks.track.swanlab_job import SwanLabJob
from tests.track.made_up_run import made_up_run


def experiment_id(run_id: str) -> str:
    """The id of a run's experiment."""
    return SwanLabJob(config=SwanLab(), run=made_up_run(run_id=run_id), folder=Path("swanlab")).experiment_id


def test_an_id_is_stable_and_accepted_by_swanlab() -> None:
    assert experiment_id("run-1_A") == "run-1_A"
    hashed = experiment_id("run: 1/2")
    assert hashed == experiment_id("run: 1/2") != experiment_id("run: 1/3")
    assert hashed.isalnum()
    assert len(hashed) <= 64

"""A worker that was started early gets the job of the run that it was started for, and none is left."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator

import pytest

from tasks.config.trackers import SwanLab
from tasks.track import swanlab_process
from tasks.track.swanlab_process import started_worker, worker_environment, worker_start

OFFLINE = SwanLab()


@pytest.fixture(autouse=True)
def waiting_worker(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Replace the worker by one that only waits for its job."""
    code = "import sys; sys.stdin.read()"
    monkeypatch.setattr(swanlab_process, "WORKER_COMMAND", (sys.executable, "-c", code))
    yield
    swanlab_process.shut_down()


def early_pid() -> int:
    assert swanlab_process._spare is not None
    return swanlab_process._spare[1].pid


def test_a_worker_that_was_started_early_is_handed_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    swanlab_process.warm_up(OFFLINE)
    monkeypatch.setenv("SET_BY_A_LIBRARY", "when it is imported")
    early = early_pid()
    first, second = started_worker(worker_start(OFFLINE)), started_worker(worker_start(OFFLINE))
    assert first.pid == early
    assert second.pid != early
    for worker in (first, second):
        swanlab_process.kill(worker)
        assert worker.poll() is not None


def test_one_with_another_key_is_not_handed_out(monkeypatch: pytest.MonkeyPatch) -> None:
    config = SwanLab(mode="online")
    monkeypatch.setenv("SWANLAB_API_KEY", "one")
    swanlab_process.warm_up(config)
    monkeypatch.setenv("SWANLAB_API_KEY", "another")
    worker = started_worker(worker_start(config))
    assert worker.pid != early_pid()
    swanlab_process.kill(worker)


def test_one_that_ended_is_replaced() -> None:
    swanlab_process.warm_up(OFFLINE)
    assert swanlab_process._spare is not None
    swanlab_process.kill(swanlab_process._spare[1])
    worker = started_worker(worker_start(OFFLINE))
    assert worker.poll() is None
    swanlab_process.kill(worker)


def test_one_that_no_run_takes_is_ended() -> None:
    swanlab_process.warm_up(OFFLINE)
    early = early_pid()
    swanlab_process.shut_down()
    with pytest.raises(ProcessLookupError):
        os.kill(early, 0)


def test_none_is_started_for_a_tracker_that_is_disabled() -> None:
    swanlab_process.warm_up(SwanLab(mode="disabled"))
    assert swanlab_process._spare is None


def test_no_setting_of_swanlab_is_inherited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWANLAB_MODE", "online")
    monkeypatch.setenv("OTHER", "kept")
    environment = worker_environment("made-up-key")
    swanlab = {name: value for name, value in environment.items() if name.startswith("SWANLAB_")}
    assert swanlab == {"SWANLAB_API_KEY": "made-up-key"}
    assert environment["OTHER"] == "kept"

"""A recorded run is shown in SwanLab later, once in each mode, also after its logging was killed."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.run.track_recorded import track_recorded
from tasks.config.spec_file import load_spec
from tasks.config.trackers import SwanLab
from tasks.errors import InputError
from tasks.record.recorded_spec import recordable_spec
from tasks.record.store import Store
from tasks.record.write_run import record_point, record_run
from tasks.track.killed_swanlab import mend_killed_logging
from tasks.track.swanlab_experiment import read_figures
from tasks.track.swanlab_job import SwanLabJob
from tests.helpers.ports import free_port
from tests.record import made_up
from tests.track.made_up_run import made_up_run
from tests.track.test_killed_swanlab import kill_while_logging


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A run of two loads whose spec enables no tracker."""
    store = Store(tmp_path)
    spec = load_spec("smoke", ["track.swanlab.mode=disabled"])
    record_run(store, made_up.run().model_copy(update={"spec_json": recordable_spec(spec)}))
    for concurrency in (1, 4):
        record_point(store, "run-1", made_up.recorded(made_up.point(concurrency=concurrency)))
    return store


def experiments(store: Store) -> list[Path]:
    """The folders of all experiments."""
    return sorted((store.location.folder / "swanlab").glob("run-*"))


def test_a_run_is_tracked_at_most_once(store: Store) -> None:
    (first,) = track_recorded(store, "last", "offline")
    (second,) = track_recorded(store, "last", "offline")
    assert (first.warning, first.experiment_id, first.earlier) == (None, "run-1", False)
    assert (second.experiment_id, second.folder, second.earlier) == ("run-1", first.folder, True)
    (folder,) = experiments(store)
    figures = read_figures(folder)
    assert {step for key, step in figures if key == "throughput/Output (tok/s)"} == {1, 4}


def test_a_run_whose_logging_was_killed_has_one_experiment(store: Store) -> None:
    folder = store.location.folder / "swanlab"
    folder.mkdir()
    kill_while_logging(SwanLabJob(config=SwanLab(), run=made_up_run(), folder=folder))
    (message,) = mend_killed_logging(store.location.folder)
    assert "`servegauge track run-1` logs them" in message
    track_recorded(store, "last", "offline")
    assert len(experiments(store)) == 1


def test_a_spec_without_tracker_wants_a_mode(store: Store) -> None:
    with pytest.raises(InputError) as caught:
        track_recorded(store, "last", None)
    assert "--mode offline" in caught.value.remedy


@pytest.mark.parametrize("address", ["mlflow:5000", "file:///tmp/runs", "http://user:secret@host"])
def test_an_address_that_is_no_mlflow_server_is_wrong_input(store: Store, address: str) -> None:
    with pytest.raises(InputError, match="--mlflow"):
        track_recorded(store, "last", None, address)


def test_an_mlflow_server_that_does_not_answer_is_a_warning(store: Store) -> None:
    (outcome,) = track_recorded(store, "last", None, f"http://127.0.0.1:{free_port()}")
    assert "not tracked in MLflow" in (outcome.warning or "")
    assert "gives no answer of MLflow" in (outcome.warning or "")

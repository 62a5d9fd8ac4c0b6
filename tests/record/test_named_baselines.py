"""Baselines: names for runs, which comparisons and gates take."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tasks.errors import InputError, RecordError
from tasks.record.compact import compact
from tasks.record.named_baselines import FILE, baselines, remove_baseline, set_baseline
from tasks.record.named_run import find_run, gate_baseline
from tasks.record.store import Store
from tasks.record.write_run import record_run
from tests.record import made_up


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Two runs."""
    store = Store(tmp_path)
    for hour, run_id in enumerate(("run-1", "run-2")):
        record_run(store, made_up.run(run_id, made_up.START + timedelta(hours=hour)))
    return store


def test_a_name_is_set_moved_and_removed(store: Store) -> None:
    assert baselines(store) == {}
    assert set_baseline(store, "release", "run-1") is None
    assert set_baseline(store, "nightly", "run-2") is None
    assert set_baseline(store, "release", "run-2") == "run-1"
    assert baselines(store) == {"nightly": "run-2", "release": "run-2"}
    assert remove_baseline(store, "nightly") == "run-2"
    assert baselines(store) == {"release": "run-2"}


def test_a_name_finds_its_run_and_an_id_comes_first(store: Store) -> None:
    set_baseline(store, "r", "run-1")
    compact(store)
    assert find_run(store, "r") == gate_baseline(store, "r") == "run-1"
    assert find_run(store, "run-2") == gate_baseline(store, "run-2") == "run-2"
    with pytest.raises(InputError, match=r"gate\.baseline: no run '2'") as caught:  # no part of an id
        gate_baseline(store, "2")
    assert caught.value.remedy == "those that contain it, newest first: run-2; baselines: r"


@pytest.mark.parametrize("name", ["last", "previous", "run-1", "2fast", "with space", "", "a/b"])
def test_a_name_that_means_something_else_is_refused(store: Store, name: str) -> None:
    with pytest.raises(InputError):
        set_baseline(store, name, "run-1")
    assert baselines(store) == {}


def test_an_unknown_name_is_refused_with_those_that_there_are(store: Store) -> None:
    with pytest.raises(InputError, match="there is none"):
        remove_baseline(store, "releas")
    set_baseline(store, "release", "run-1")
    with pytest.raises(InputError, match="did you mean release"):
        remove_baseline(store, "releas")


def test_a_damaged_file_is_named(store: Store) -> None:
    (store.location.folder / FILE).write_text('{"names": 3}')
    with pytest.raises(RecordError, match=f"{FILE} is damaged"):
        find_run(store, "release")
    assert find_run(store, "run-1") == "run-1"

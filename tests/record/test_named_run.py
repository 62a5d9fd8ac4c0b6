"""Runs by the words `last` and `previous`, and by a part of an id."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tasks.errors import InputError
from tasks.record.named_run import find_run
from tasks.record.results import Outcome
from tasks.record.store import Store
from tasks.record.write_run import record_run
from tests.record import made_up


def record(
    store: Store, run_id: str, hour: int, outcome: Outcome = "completed", spec: str = "made-up"
) -> None:
    """Record a run that started at an hour."""
    started = made_up.START + timedelta(hours=hour)
    changes = {"started_at": started, "outcome": outcome, "spec": spec}
    record_run(store, made_up.run(run_id).model_copy(update=changes))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Five runs; the last one differs from the one before in its outcome, another in its spec."""
    store = Store(tmp_path)
    record(store, "20010203-a-1111", 1)
    record(store, "20010204-a-2222", 2)
    record(store, "20010205-a-3333", 3, outcome="failed")
    record(store, "20010206-b-2222", 4, spec="other")
    record(store, "20010207-a-4444", 5, outcome="failed")
    return store


@pytest.mark.parametrize(
    ("name", "run_id"),
    [
        ("20010203-a-1111", "20010203-a-1111"),
        ("last", "20010207-a-4444"),
        ("previous", "20010204-a-2222"),
        ("20010205", "20010205-a-3333"),
        ("3333", "20010205-a-3333"),
        ("b-2222", "20010206-b-2222"),
    ],
)
def test_a_run_is_found_by_a_word_or_a_part_of_its_id(store: Store, name: str, run_id: str) -> None:
    assert find_run(store, name) == run_id


def test_an_id_that_begins_another_one_is_that_run(tmp_path: Path) -> None:
    record(Store(tmp_path), "run-1", 1)
    record(Store(tmp_path), "run-10", 2)
    assert find_run(Store(tmp_path), "run-1") == "run-1"


@pytest.mark.parametrize(
    ("name", "what", "remedy"),
    [
        ("2222", "2 runs begin or end with '2222'", "20010206-b-2222, 20010204-a-2222"),
        ("2001", "5 runs begin or end with '2001'", "20010207-a-4444"),
        ("", "no run '' is recorded", "20010207-a-4444"),
        ("20010203-a-1112", "no run '20010203-a-1112' is recorded", "20010203-a-1111"),
    ],
)
def test_a_part_that_names_no_single_run(store: Store, name: str, what: str, remedy: str) -> None:
    with pytest.raises(InputError) as caught:
        find_run(store, name)
    assert what in caught.value.what
    assert remedy in caught.value.remedy


@pytest.mark.parametrize("name", ["last", "previous"])
def test_words_where_nothing_is_recorded(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="no run is recorded in"):
        find_run(Store(tmp_path), name)


def test_no_comparable_run_before_the_last(store: Store) -> None:
    record(store, "20010208-c-5555", 6, spec="third")
    with pytest.raises(InputError, match="no completed run before 20010208-c-5555") as caught:
        find_run(store, "previous")
    assert "20010207-a-4444" in caught.value.remedy

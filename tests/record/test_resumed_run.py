"""Which run another one goes on with."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tasks.errors import InputError
from tasks.record.resumed_run import resumed_run
from tasks.record.store import Store
from tasks.record.write_run import record_run
from tests.record import made_up

MODEL = made_up.run().manifest.model


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Three runs: the second goes on with the first, the third is of another spec."""
    found = Store(tmp_path)
    record_run(found, made_up.run("run-1"))
    later = made_up.run("run-2", made_up.START + timedelta(hours=1))
    record_run(found, later.model_copy(update={"resumes": "run-1"}))
    other = made_up.run("run-3", made_up.START + timedelta(hours=2))
    record_run(found, other.model_copy(update={"spec": "other"}))
    return found


def test_the_last_run_is_the_newest_of_the_spec_and_chains_end_at_the_first(store: Store) -> None:
    assert resumed_run(store, "last", "made-up", MODEL) == "run-1"
    assert resumed_run(store, "run-2", "made-up", MODEL) == "run-1"
    assert resumed_run(store, "run-1", "made-up", MODEL) == "run-1"
    assert resumed_run(store, "last", "other", MODEL) == "run-3"


def test_a_run_that_is_not_there_or_of_another_model_is_refused(store: Store) -> None:
    with pytest.raises(InputError, match="no run of the spec missing"):
        resumed_run(store, "last", "missing", MODEL)
    with pytest.raises(InputError, match="no run 'run-9'"):
        resumed_run(store, "run-9", "made-up", MODEL)
    with pytest.raises(InputError, match="not another-model"):
        resumed_run(store, "run-1", "made-up", "another-model")

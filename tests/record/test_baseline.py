"""The run that a new run is compared with."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tasks.record.baseline import previous_run
from tasks.record.results import RunRecord
from tasks.record.store import Store
from tasks.record.write_run import record_run
from tests.record import made_up


def run_of_day(day: int, **changes: object) -> RunRecord:
    """A run of the same subject, with `changes` to its record."""
    return made_up.run(f"run-{day}", made_up.START + timedelta(days=day)).model_copy(update=changes)


def test_it_is_the_newest_completed_other_run(tmp_path: Path) -> None:
    store, new = Store(tmp_path), run_of_day(9)
    assert previous_run(store, new) is None
    for run in (run_of_day(1), run_of_day(3), run_of_day(2), run_of_day(4, outcome="failed"), new):
        record_run(store, run)
    assert previous_run(store, new) == "run-3"


@pytest.mark.parametrize(
    "changes",
    [
        {"spec": "another"},
        {"manifest": made_up.run().manifest.model_copy(update={"model": "another"})},
        {"manifest": made_up.run().manifest.model_copy(update={"cpu": "another"})},
        {"manifest": made_up.run().manifest.model_copy(update={"gpu_names": ()})},
    ],
)
def test_a_run_of_another_spec_model_or_machine_is_not_compared(
    tmp_path: Path, changes: dict[str, object]
) -> None:
    record_run(Store(tmp_path), run_of_day(1, **changes))
    assert previous_run(Store(tmp_path), run_of_day(2)) is None


def test_a_model_on_the_processors_is_compared_on_as_many_of_them(tmp_path: Path) -> None:
    store = Store(tmp_path)
    on_cpu = made_up.run().manifest.model_copy(update={"gpu_names": (), "cpu_count": 4})
    larger = on_cpu.model_copy(update={"cpu_count": 64})
    record_run(store, run_of_day(1, manifest=on_cpu))
    record_run(store, run_of_day(2, manifest=larger))
    assert previous_run(store, run_of_day(3, manifest=on_cpu)) == "run-1"
    assert previous_run(store, run_of_day(3, manifest=larger)) == "run-2"


def test_a_model_on_gpus_is_compared_however_many_processors_there_are(tmp_path: Path) -> None:
    record_run(Store(tmp_path), run_of_day(1))
    more = made_up.run().manifest.model_copy(update={"cpu_count": 64})
    assert previous_run(Store(tmp_path), run_of_day(2, manifest=more)) == "run-1"

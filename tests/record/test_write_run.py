"""Results are written to their tables, under names that tell stages apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasks.audit.verdict import Verdict
from tasks.errors import RecordError
from tasks.probe.reading import Reading
from tasks.record.results import RecordedAccuracy
from tasks.record.store import Store
from tasks.record.write_run import record_accuracy, record_point, record_run, record_telemetry, stage_of
from tests.record import made_up

JUDGED = Verdict(verdict="suspect", reasons=("late, made up",), checks=(made_up.check(),))


def test_the_stage_of_a_point_names_sweep_load_requests_and_repeat() -> None:
    point = made_up.point(sweep="chat", requests=20, repeat=2)
    assert stage_of(point) == "chat-c4-n20-r2"
    assert stage_of(made_up.open_point(point, 2.0)) == "chat-rate2-n20-r2"


def test_a_point_fills_three_tables(tmp_path: Path) -> None:
    store, point = Store(tmp_path), made_up.recorded(made_up.point(), verdict=JUDGED)
    record_point(store, "run-1", point, [made_up.request(index) for index in range(3)])
    heights = [store.read(table).height for table in ("points", "checks", "requests")]
    assert heights == [1, 1, 3]


def test_a_point_is_written_last(tmp_path: Path) -> None:
    (tmp_path / "checks").touch()  # a file where the table's folder would be
    store, point = Store(tmp_path), made_up.recorded(made_up.point(), verdict=JUDGED)
    with pytest.raises(RecordError, match="cannot write"):
        record_point(store, "run-1", point, [made_up.request()])
    assert store.read("requests").height == 1
    assert store.read("points").is_empty()


def test_a_run_replaces_what_was_recorded_of_it(tmp_path: Path) -> None:
    store, run = Store(tmp_path), made_up.run()
    record_run(store, run.model_copy(update={"outcome": "running"}))
    record_run(store, run)
    assert store.read("runs")["outcome"].to_list() == ["completed"]


def test_accuracy_without_scores_writes_nothing(tmp_path: Path) -> None:
    unmeasured = RecordedAccuracy(scores=(), run_id="run-1", error="no answer")
    record_accuracy(Store(tmp_path), "run-1", unmeasured, [made_up.sample()])
    assert list(tmp_path.iterdir()) == []


def test_readings_are_written_by_stage(tmp_path: Path) -> None:
    store, reading = Store(tmp_path), Reading(made_up.START, "gpu", "power_w", 3.5)
    for stage in ("one", "two"):
        record_telemetry(store, "run-1", stage, [reading])
    assert store.read("telemetry").height == 2

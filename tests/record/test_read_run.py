"""A recorded run reads back as it was recorded, reused points and scores included."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from tasks.audit.verdict import Verdict
from tasks.errors import InputError
from tasks.record.read_run import (
    nearest_runs,
    recorded_accuracy,
    recorded_knees,
    recorded_points,
    recorded_requests,
    recorded_run,
)
from tasks.record.store import Store
from tasks.record.write_run import record_accuracy, record_knee, record_point, record_run
from tests.record import made_up


def test_a_run_and_its_points_and_scores_come_back(tmp_path: Path) -> None:
    store, run = Store(tmp_path), made_up.run()
    judged = Verdict(verdict="suspect", reasons=("late, made up",), checks=(made_up.check(),))
    points = [made_up.recorded(made_up.point(concurrency=n, requests=2 * n), verdict=judged) for n in (10, 2)]
    record_run(store, run.model_copy(update={"outcome": "running", "finished_at": None}))
    for point in points:
        record_point(store, "run-1", point, [made_up.request(n) for n in range(point.result.requests)])
    record_accuracy(store, "run-1", made_up.accuracy(), [made_up.sample(1), made_up.sample(2, correct=False)])
    record_run(store, run)

    assert recorded_run(store, "run-1") == run
    read_back = recorded_points(store, run)
    assert [point.result.load.level for point in read_back] == [2, 10]
    assert [point.result for point in read_back] == [point.result for point in reversed(points)]
    assert recorded_accuracy(store, run) == (made_up.accuracy(),)
    assert store.read("requests").height == 24
    assert store.read("samples").height == 2


def test_a_reused_result_names_the_run_that_measured_it_and_has_no_requests_or_samples(
    tmp_path: Path,
) -> None:
    store, reusing = Store(tmp_path), made_up.run("run-2")
    record_run(store, reusing)
    point = made_up.recorded(made_up.point(), "run-1", Verdict(verdict="suspect", reasons=("two waves",)))
    record_point(store, "run-2", point, [made_up.request()])
    record_accuracy(store, "run-2", made_up.accuracy("run-1"), [made_up.sample()])

    (reused,) = recorded_points(store, reusing)
    assert (reused.run_id, reused.verdict) == ("run-1", point.verdict)
    assert recorded_accuracy(store, reusing)[0].run_id == "run-1"
    assert store.read("requests").is_empty()
    assert store.read("samples").is_empty()


def test_the_first_error_of_a_point_comes_from_its_own_requests(tmp_path: Path) -> None:
    store, run = Store(tmp_path), made_up.run()
    failing = made_up.recorded(made_up.point(concurrency=2, failed=2))
    errors = ["warm-up made up", None, "first made up", "second made up"]
    requests = [made_up.request(n, error, warmup=n == 0) for n, error in enumerate(errors)]
    record_point(store, "run-1", failing, requests)
    record_point(store, "run-1", made_up.recorded(made_up.point(concurrency=4)), [made_up.request()])
    assert [point.result.first_error for point in recorded_points(store, run)] == ["first made up", None]


def test_an_unknown_run_is_wrong_input_and_the_nearest_are_named(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for day, run_id in ((1, "20010101-aaaa"), (2, "20010102-aaaa"), (3, "other")):
        record_run(store, made_up.run(run_id, made_up.START.replace(day=day)))
    with pytest.raises(InputError) as caught:
        recorded_run(store, "20010103-aaaa")
    assert "20010103-aaaa" in caught.value.what
    assert caught.value.remedy.endswith("20010102-aaaa, 20010101-aaaa")


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("225742", "those that contain it, newest first: 20261127-225742-saved-7043"),
        (
            "smoke",
            "those that contain it, newest first: d-smoke-5, d-smoke-4, d-smoke-3, d-smoke-2, d-smoke-1",
        ),
        (
            "d-",
            "those that contain it, newest first: d-smoke-5, d-smoke-4, d-smoke-3, d-smoke-2, d-smoke-1 and",
        ),
        ("d-smoke-7", "the nearest, newest first: d-smoke-5, d-smoke-4, d-smoke-3, d-smoke-2, d-smoke-1"),
        ("xyz", "the newest are: d-smoke-5, d-smoke-4, d-smoke-3, d-smoke-2, d-smoke-1 and 2 more"),
    ],
)
def test_runs_that_contain_what_was_given_come_first(name: str, remedy: str) -> None:
    newest = [f"d-smoke-{number}" for number in range(5, 0, -1)]
    recorded = [*newest, "20261127-225742-saved-7043", "d-other-20"]
    assert nearest_runs(name, recorded).startswith(remedy)


def test_an_unknown_run_of_an_empty_store(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        recorded_run(Store(tmp_path), "anything")
    assert "--results" in caught.value.remedy


def test_objectives_and_requests_come_back(tmp_path: Path) -> None:
    store, run = Store(tmp_path), made_up.run()
    point = made_up.recorded(made_up.bounded(made_up.point(), 4.0))
    requests = tuple(made_up.request(n) for n in range(3))
    record_point(store, "run-1", point, requests)
    assert recorded_points(store, run) == (point,)
    assert recorded_requests(store, point) == requests
    assert recorded_requests(store, point.model_copy(update={"run_id": "run-0"})) == ()


def test_knees_come_back_in_the_specs_order(tmp_path: Path) -> None:
    store, run = Store(tmp_path), made_up.run()
    for name in ("chat", "throughput"):
        record_knee(store, "run-1", made_up.knee(name))
    assert recorded_knees(store, run) == (made_up.knee("throughput"), made_up.knee("chat"))


def test_points_are_in_the_specs_order_and_a_missing_run_name_gets_its_default(tmp_path: Path) -> None:
    store, run = Store(tmp_path), made_up.run()
    slow, fast = (made_up.open_point(made_up.point("chat"), rate) for rate in (2.5, 5.0))
    for result in (slow, fast.model_copy(update={"failed": 1}), made_up.point("throughput")):
        failed = [made_up.request(0, "made up")] if result.failed else []
        record_point(store, "run-1", made_up.recorded(result), [*failed, made_up.request(1)])
    results = [point.result for point in recorded_points(store, run)]
    assert [(point.sweep, point.load.label) for point in results] == [
        ("throughput", "c4"),
        ("chat", "rate2.5"),
        ("chat", "rate5"),
    ]
    assert [point.first_error for point in results] == [None, None, "made up"]
    assert set(store.read("requests", "run-1")["rate"]) == {None, 2.5, 5.0}
    for path in store.files.list_files("points"):
        pl.read_parquet(str(path)).drop("run_name").write_parquet(str(path))
    names = [point.result.run_name for point in recorded_points(store, run)]
    assert names == ["made-up-model-throughput-c4", "made-up-model-chat-rate2.5", "made-up-model-chat-rate5"]

"""Merging: every run once, conflicts refused, nothing half-way."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasks.config.results_location import results_location
from tasks.errors import InputError
from tasks.record.compact import compact, remove_runs
from tasks.record.merge import merge
from tasks.record.named_baselines import baselines, set_baseline
from tasks.record.read_run import recorded_points, recorded_requests, recorded_run
from tasks.record.store import Store
from tasks.record.write_run import record_run
from tests.record import made_up
from tests.record.s3 import BUCKET, S3
from tests.record.test_compact import Killed, KilledFiles, record, same, tables


@pytest.fixture
def places(tmp_path: Path) -> tuple[Store, Store, Store]:
    """Two places with a run in both, one of them compacted, and an empty one."""
    one, two = Store(tmp_path / "one"), Store(tmp_path / "two")
    for store, run_ids in ((one, ("run-1", "run-2")), (two, ("run-2", "run-3"))):
        for run_id in run_ids:
            record(store, run_id, int(run_id[-1]))
    record(two, "run-4", 4, "running")
    compact(two)
    return one, two, Store(tmp_path / "all")


def test_every_run_is_there_once(places: tuple[Store, Store, Store]) -> None:
    one, two, target = places
    log = one.location.run_folder("run-1") / "server.log"
    log.parent.mkdir(parents=True)
    log.write_text("made up")
    set_baseline(one, "release", "run-1")
    done = merge(target, [one, two])
    assert (done.added, done.known, done.running) == (("run-1", "run-2", "run-3"), (), ("run-4",))
    assert target.run_ids() == ("run-3", "run-2", "run-1")
    assert target.read("requests").height == 18
    run = recorded_run(target, "run-1")
    assert [len(recorded_requests(target, point)) for point in recorded_points(target, run)] == [3, 3]
    assert (target.location.run_folder("run-1") / "server.log").read_text() == "made up"
    assert baselines(target) == {"release": "run-1"}
    before = tables(target)
    again = merge(target, [two, one])
    assert (again.added, again.known) == ((), ("run-1", "run-2", "run-3"))
    assert same(tables(target), before)
    assert (one.run_ids(), two.read("runs").height) == (("run-2", "run-1"), 3)


@pytest.mark.parametrize("where", ["in the target", "between the sources"])
def test_a_run_that_differs_is_refused_and_nothing_is_copied(
    places: tuple[Store, Store, Store], where: str
) -> None:
    one, two, target = places
    if where == "in the target":
        record(target, "run-2", 2)
    sources = [one] if where == "in the target" else [one, two]
    changed = made_up.run("run-2").model_copy(update={"warnings": ("another",)})
    record_run(one, changed)
    with pytest.raises(InputError, match=r"1 runs differ between the places: run-2 in .* \(runs\)"):
        merge(target, sources)
    assert "run-1" not in target.run_ids()


def test_a_killed_merge_changes_nothing_and_is_done_again(places: tuple[Store, Store, Store]) -> None:
    one, two, target = places
    record(target, "run-9", 9)
    before, step, ended = tables(target), 0, False
    while not ended:
        step += 1
        killed = Store(target.location)
        killed.files = KilledFiles(killed.files, step, after=False)
        try:
            merge(killed, [one, two])
            ended = True
        except Killed:
            assert same(tables(target), before)
    assert step > 5
    assert target.run_ids() == ("run-9", "run-3", "run-2", "run-1")
    assert target.read("points").height == 8
    compact(target)
    assert target.read("points").height == 8


def test_a_run_that_was_removed_is_merged_again(places: tuple[Store, Store, Store]) -> None:
    one, _, target = places
    merge(target, [one])
    remove_runs(target, ["run-1"])
    assert merge(target, [one]).added == ("run-1",)
    assert target.read("points").height == 4


def test_a_folder_into_a_bucket_and_back(
    places: tuple[Store, Store, Store], s3_account: S3, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("tasks.record.store_lock.SETTLED_S", 0.0)
    one, _, target = places
    bucket = Store(results_location(f"s3://{BUCKET}/merged"))
    log = one.location.run_folder("run-1") / "server.log"
    log.parent.mkdir(parents=True)
    log.write_text("made up")
    assert merge(bucket, [one]).added == ("run-1", "run-2")
    assert s3_account.objects()["merged/files/run-1/server.log"] == b"made up"
    assert merge(target, [bucket]).added == ("run-1", "run-2")
    assert same(tables(target), tables(one))

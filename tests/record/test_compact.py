"""Compaction: the same rows before and after, wherever it is killed, and whatever else reads and records."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path, PurePath
from typing import Any

import polars as pl
import pytest

from tasks.config.results_location import results_location
from tasks.errors import InputError, RecordError
from tasks.record import compact as compaction
from tasks.record import rows
from tasks.record.compact import compact, remove_runs
from tasks.record.compacted import INDEX, read_index, write_index
from tasks.record.read_run import recorded_accuracy, recorded_points, recorded_requests, recorded_run
from tasks.record.schemas import TABLES
from tasks.record.store import Store
from tasks.record.write_run import record_accuracy, record_point, record_run, stage_of
from tests.record import made_up
from tests.record.s3 import BUCKET, S3
from tests.record.test_older_results import FAILED, MEASURED, OLD, REUSED

Tables = dict[str, pl.DataFrame]


def record(store: Store, run_id: str, hour: int = 0, outcome: str = "completed") -> None:
    """Record a run with two points, their requests and a question set."""
    run = made_up.run(run_id, made_up.START + timedelta(hours=hour))
    record_run(store, run.model_copy(update={"outcome": outcome}))
    for concurrency in (1, 4):
        point = made_up.recorded(made_up.point(concurrency=concurrency), run_id)
        record_point(store, run_id, point, [made_up.request(index) for index in range(3)])
    record_accuracy(store, run_id, made_up.accuracy(run_id), [made_up.sample()])


def tables(store: Store) -> Tables:
    """Every row, in an order that does not depend on files."""
    return {table: store.read(table).sort(pl.all().exclude(pl.List), maintain_order=True) for table in TABLES}


def same(one: Tables, other: Tables) -> bool:
    return all(one[table].equals(other[table]) for table in TABLES)


def without(all_rows: Tables, *run_ids: str) -> Tables:
    return {table: frame.filter(~pl.col("run_id").is_in(run_ids)) for table, frame in all_rows.items()}


def files(store: Store) -> list[PurePath]:
    return sorted(path for table in TABLES for path in store.files.list_files(table))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Three runs that ended and one that goes on."""
    store = Store(tmp_path / "results")
    for hour, run_id in enumerate(("run-1", "run-2", "run-3")):
        record(store, run_id, hour)
    record(store, "run-4", 3, "running")
    return store


def test_the_same_rows_in_one_file_a_table(store: Store) -> None:
    before = tables(store)
    done = compact(store)
    assert (done.runs, done.files_before) == (3, 4 * 7)
    running = [path for path in files(store) if path.name.startswith("run-4")]
    assert len(running) == 7
    assert done.files_after == len(files(store)) == 7 + 5  # runs, points, requests, samples, scores
    assert same(tables(store), before)
    for run_id in ("run-1", "run-3", "run-4"):
        run = recorded_run(store, run_id)
        points = recorded_points(store, run)
        assert [point.result.load.level for point in points] == [1, 4]
        assert [len(recorded_requests(store, point)) for point in points] == [3, 3]
        assert recorded_accuracy(store, run) == (made_up.accuracy(run_id),)


def test_again_there_is_nothing_to_do(store: Store) -> None:
    compact(store)
    before, index = files(store), read_index(store.files)
    compact(store)
    assert (files(store), read_index(store.files)) == (before, index)


def test_later_runs_join_a_small_batch_and_large_ones_stay(store: Store) -> None:
    before = tables(store)
    compact(store, batch_bytes=1)  # a batch a run
    large = read_index(store.files)
    assert [batch.runs for batch in large.batches] == [("run-1",), ("run-2",), ("run-3",)]
    record(store, "run-5", 5)
    compact(store, batch_bytes=1)
    assert read_index(store.files).batches[:3] == large.batches
    compact(store)
    assert [batch.runs for batch in read_index(store.files).batches] == [("run-1", "run-2", "run-3", "run-5")]
    assert store.read("requests").height == before["requests"].height + 6


def test_a_stage_that_is_written_again_counts_and_is_compacted_anew(store: Store) -> None:
    compact(store)
    stage = stage_of(made_up.point(concurrency=4))
    store.write("requests", "run-2", stage, [rows.request_row("run-2", made_up.point(), made_up.request(9))])
    for _ in range(2):
        assert store.read("requests", "run-2")["index"].sort().to_list() == [0, 1, 2, 9]
        assert store.read_stage("requests", "run-2", stage)["index"].to_list() == [9]
        assert store.read("requests").height == 6 + 4 + 6 + 6
        compact(store)
    assert not [path for path in files(store) if path.name.startswith("run-2")]


def test_runs_are_removed_from_every_table(store: Store) -> None:
    before = tables(store)
    compact(store)
    record(store, "run-1--b", 7)
    remove_runs(store, ["run-1", "run-4"])
    assert store.run_ids() == ("run-1--b", "run-3", "run-2")
    kept = {
        table: frame.filter(pl.col("run_id").is_in(["run-2", "run-3"])) for table, frame in before.items()
    }
    remove_runs(store, ["run-1--b"])
    assert same(tables(store), kept)
    assert not [path for path in files(store) if path.name.startswith("run-")]
    assert read_index(store.files).removed == ()


def test_a_run_is_removed_and_one_whose_id_begins_with_its_id_stays(tmp_path: Path) -> None:
    store = Store(tmp_path)
    record(store, "a")
    record(store, "a--b")
    remove_runs(store, ["a"])
    assert store.run_ids() == ("a--b",)
    assert store.read("requests").height == 6
    compact(store)
    assert store.read("points", "a--b").height == 2


def test_results_of_version_0_1_0(tmp_path: Path) -> None:
    shutil.copytree(OLD, tmp_path / "results")
    store = Store(tmp_path / "results")
    before = {run_id: _everything(store, run_id) for run_id in (MEASURED, REUSED, FAILED)}
    compact(store)
    assert not [path for path in files(store) if path.name.startswith("2026")]
    assert {run_id: _everything(store, run_id) for run_id in before} == before


def _everything(store: Store, run_id: str) -> tuple[object, ...]:
    run = recorded_run(store, run_id)
    points = recorded_points(store, run)
    requests = tuple(recorded_requests(store, point) for point in points)
    return run, points, requests, recorded_accuracy(store, run)


class Killed(BaseException):
    """Stands for SIGKILL: nothing after it happens but what the kernel does."""


class KilledFiles:
    """Files of a store whose process is killed at a certain change, before or after it is made."""

    def __init__(self, files: Any, changes: int, after: bool) -> None:
        self._files, self._left, self._after = files, changes, after

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._files, name)
        return self._counted(found) if name in ("write", "put", "remove") else found

    def _counted(self, change: Callable[..., None]) -> Callable[..., None]:
        def changed(*args: Any) -> None:
            self._left -= 1
            if self._left == 0 and not self._after:
                raise Killed
            change(*args)
            if self._left == 0:
                raise Killed

        return changed


CHANGES: dict[str, Callable[[Store], object]] = {
    "compact": lambda store: compact(store),
    "remove": lambda store: remove_runs(store, ["run-1", "run-3"]),
}


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("compacted_first", [False, True])
def test_killed_at_any_step_nothing_is_lost_or_doubled(
    store: Store, tmp_path: Path, change: str, after: bool, compacted_first: bool
) -> None:
    if compacted_first:
        compact(store)
        record(store, "run-5", 5)
    before = tables(store)
    remaining = {
        table: frame.filter(~pl.col("run_id").is_in(["run-1", "run-3"])) for table, frame in before.items()
    }
    step, ended = 0, False
    while not ended:
        step += 1
        copy = tmp_path / f"{step}"
        shutil.copytree(tmp_path / "results", copy)
        killed = Store(copy)
        killed.files = KilledFiles(killed.files, step, after)
        try:
            CHANGES[change](killed)
            ended = True
        except Killed:
            pass
        survivor = Store(copy)
        now = tables(survivor)
        assert same(now, before) or (change == "remove" and same(now, remaining)), step
        CHANGES[change](survivor)
        assert same(tables(survivor), remaining if change == "remove" else before), step
        named = {path for batch in read_index(survivor.files).batches for path in batch.paths(copy)}
        assert {path for path in files(survivor) if path.name.startswith("compacted-")} == named
    assert step > 10


def test_a_reader_whose_files_are_compacted_under_it_reads_them_once(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = tables(store)
    reader = Store(store.location)
    sources, compacted = reader.files.sources, list[object]()

    def compact_before_reading(paths: Any) -> Any:
        if not compacted:
            compacted.append(compact(store))
        return sources(paths)

    monkeypatch.setattr(reader.files, "sources", compact_before_reading)
    assert reader.read("requests").height == before["requests"].height
    assert compacted


def test_a_file_written_while_it_is_compacted_is_not_deleted(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = write_index

    def write_then_replace(*args: Any) -> None:
        written(*args)
        record_run(store, made_up.run("run-2").model_copy(update={"warnings": ("later",)}))

    monkeypatch.setattr(compaction, "write_index", write_then_replace)
    compact(store)
    assert recorded_run(store, "run-2").warnings == ("later",)
    assert store.read("runs").height == 4


def _record_runs(root: Path, count: int) -> None:
    for number in range(count):
        run_id, store = f"new-{number}", Store(root)
        record(store, run_id, number, "running")  # its files stay where they are until it has ended
        record_run(store, made_up.run(run_id, made_up.START + timedelta(hours=number)))


def _compact_until_all(root: Path, count: int) -> None:
    while len(read_index(Store(root).files).runs) < count:
        compact(Store(root))


def test_others_record_and_read_while_one_compacts(tmp_path: Path) -> None:
    record(Store(tmp_path), "old")
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        working = [pool.submit(_record_runs, tmp_path, 6), pool.submit(_compact_until_all, tmp_path, 7)]
        seen = 6
        while not all(future.done() for future in working):
            requests = Store(tmp_path).read("requests")
            assert not requests.select("run_id", "load_label", "index").is_duplicated().any()
            assert requests.height >= seen
            seen = requests.height
        for future in working:
            future.result()
    assert Store(tmp_path).read("requests").height == 7 * 6
    assert [path.name for path in files(Store(tmp_path)) if path.name.startswith(("old", "new"))] == []


def test_two_at_a_time_are_refused(store: Store) -> None:
    with store.files.lock(), pytest.raises(InputError, match="another process compacts"):
        compact(Store(store.location))


def test_a_damaged_file_is_named_and_all_stays_as_it_was(store: Store) -> None:
    before = files(store)
    path = next(path for path in before if path.parent.name == "requests")
    content = Path(path).read_bytes()
    Path(path).write_bytes(content[:-30])
    with pytest.raises(RecordError, match=f"{path.name} is damaged"):
        compact(store)
    Path(path).write_bytes(content)
    assert files(store) != before  # what was written before is deleted the next time
    compact(store)
    assert store.read("requests").height == 24


def test_an_index_of_a_later_version_is_refused(store: Store) -> None:
    compact(store)
    path = store.location.folder / INDEX
    path.write_text(path.read_text().replace('"version":1', '"version":2'))
    with pytest.raises(RecordError, match="later version"):
        store.read("runs")
    path.write_text("{")
    with pytest.raises(RecordError, match=f"{INDEX} cannot be read"):
        store.read("runs")


def test_in_a_bucket(s3_account: S3, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tasks.record.store_lock.SETTLED_S", 0.0)
    store = Store(results_location(f"s3://{BUCKET}/compacted"))
    for hour, run_id in enumerate(("run-1", "run-2", "run-3")):
        record(store, run_id, hour)
    before = tables(store)
    compact(store)
    assert len(files(store)) == 5
    assert same(tables(store), before)
    run = recorded_run(store, "run-2")
    (_, point) = recorded_points(store, run)
    assert len(recorded_requests(store, point)) == 3
    remove_runs(store, ["run-2"])
    assert store.run_ids() == ("run-3", "run-1")
    assert store.read("requests").height == 12
    with store.files.lock(), pytest.raises(InputError, match="compacts, merges or prunes s3://"):
        compact(store)
    compact(store)

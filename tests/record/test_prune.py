"""Pruning: what is kept, and that no figure of a kept run goes with another run."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from flows.run.figure_cache import remove_runs_from_cache
from tasks.errors import InputError
from tasks.record.named_baselines import set_baseline
from tasks.record.prune import Keep, parsed_keep, plan_removal, remove
from tasks.record.read_run import recorded_points, recorded_requests, recorded_run
from tasks.record.results import Outcome
from tasks.record.store import Store
from tasks.record.write_run import record_point, record_run
from tests.record import made_up
from tests.record.test_older_results import FAILED, MEASURED, OLD, REUSED

NOW = made_up.START + timedelta(days=10)


def record(
    store: Store, day: int, spec: str = "made-up", outcome: Outcome = "completed", by: int = 0
) -> None:
    """Record a run of a day that measured its point, or reused that of day `by`."""
    run_id = f"run-{day}"
    run = made_up.run(run_id, made_up.START + timedelta(days=day))
    record_run(store, run.model_copy(update={"spec": spec, "outcome": outcome}))
    origin = f"run-{by}" if by else run_id
    record_point(store, run_id, made_up.recorded(made_up.point(), origin), [made_up.request()])


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Seven runs, of which the fifth reused a point of the first."""
    store = Store(tmp_path / "results")
    record(store, 1)
    record(store, 2)
    record(store, 3, spec="other")
    record(store, 4, outcome="failed")
    record(store, 5, by=1)
    record(store, 6)
    record(store, 7, outcome="running")
    return store


def removed(store: Store, *words: str) -> list[int]:
    plan = plan_removal(store, parsed_keep(store, words), NOW)
    return [int(run_id.removeprefix("run-")) for run_id in plan.removed]


def test_by_age_count_and_name(store: Store) -> None:
    assert removed(store, "5d") == [2, 3, 4]  # run 5 reuses run 1
    assert removed(store, "1") == [1, 2, 4, 5]  # the newest of both specs
    assert removed(store, "2") == [2, 4]
    assert removed(store, "run-2") == [1, 3, 4, 5, 6]
    assert removed(store, "1", "7d") == [2]
    assert removed(store, "0d") == [1, 2, 3, 4, 5, 6]


def test_a_baseline_and_what_it_reuses_are_kept(store: Store) -> None:
    set_baseline(store, "release", "run-5")
    plan = plan_removal(store, Keep(days=0), NOW)
    assert plan.removed == ("run-2", "run-3", "run-4", "run-6")
    assert (plan.reused, plan.kept) == (("run-1",), 3)


@pytest.mark.parametrize("words", [(), ("5d", "6d"), ("1", "2"), ("nosuch",)])
def test_words_that_say_nothing_are_refused(store: Store, words: tuple[str, ...]) -> None:
    with pytest.raises(InputError):
        parsed_keep(store, words)


def test_runs_go_with_their_files_and_kept_figures_stay(store: Store) -> None:
    for day in (2, 6):
        folder = store.location.run_folder(f"run-{day}")
        folder.mkdir(parents=True)
        (folder / "server.log").write_text("made up")
    remove(store, plan_removal(store, Keep(newest=2), NOW).removed)
    assert store.run_ids() == ("run-7", "run-6", "run-5", "run-3", "run-1")
    assert [path.name for path in store.location.runs_folder.iterdir()] == ["run-6"]
    (point,) = recorded_points(store, recorded_run(store, "run-5"))
    assert (point.run_id, len(recorded_requests(store, point))) == ("run-1", 1)


def test_what_version_0_1_0_reused_is_kept(tmp_path: Path) -> None:
    shutil.copytree(OLD, tmp_path / "results")
    store = Store(tmp_path / "results")
    plan = plan_removal(store, Keep(runs=(REUSED,)), NOW)
    assert (plan.removed, plan.reused) == ((FAILED,), (MEASURED,))


def test_reusable_figures_of_removed_runs_go(tmp_path: Path) -> None:
    shutil.copytree(OLD, tmp_path / "results")
    store = Store(tmp_path / "results")
    cache = store.location.cache_folder
    files = {path: json.loads(json.loads(path.read_text())["result"])["data"] for path in cache.iterdir()}
    measured = {path.name for path, data in files.items() if data.get("run_id") == MEASURED}
    assert remove_runs_from_cache(store.location, [MEASURED]) == len(measured) > 0
    assert {path.name for path in cache.iterdir()} == {path.name for path in files} - measured

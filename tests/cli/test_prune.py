"""`servegauge prune` and `merge`: what they print, and that nothing goes without a yes."""

from __future__ import annotations

from pathlib import Path

from tasks.record.store import Store
from tests.cli.answer import Call, refused
from tests.record.test_compact import record


def test_nothing_goes_without_a_yes(call: Call, tmp_path: Path) -> None:
    store = Store(tmp_path / "results")
    for hour in range(3):
        record(store, f"run-{hour}", hour)
    refused(call("prune"), 2, "nothing says what is kept")
    asked = call("prune", "--keep", "1")
    assert asked.returncode == 1
    assert asked.stdout.splitlines()[:3] == ["remove  run-0", "remove  run-1", "2 runs to remove, 1 to keep"]
    assert len(store.run_ids()) == 3
    done = call("prune", "--keep", "1", "--yes")
    assert done.stdout.splitlines()[-1] == "removed 2 runs and 0 reusable figures"
    assert store.run_ids() == ("run-2",)
    assert "0 runs to remove, 1 to keep" in call("prune", "--keep", "1").stdout


def test_merge_says_what_it_added(call: Call, tmp_path: Path) -> None:
    record(Store(tmp_path / "other"), "run-1")
    record(Store(tmp_path / "other"), "run-2", 1, "running")
    done = call("merge", "other")
    assert done.stdout == "1 runs added to results, 0 were there\n"
    assert done.stderr == "run-2 has not ended, and was left where it is\n"
    assert call("merge", "other").stdout == "0 runs added to results, 1 were there\n"
    refused(call("merge", "nowhere"), 2, "does not exist")

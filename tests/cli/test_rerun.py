"""`servegauge rerun`: the same is measured again, and what differs is printed first."""

from __future__ import annotations

from pathlib import Path

from stub.process import Stub
from tasks.record.read_run import recorded_run
from tasks.record.store import Store
from tasks.record.write_run import record_run
from tests.cli.answer import Call, refused
from tests.record import made_up

SMALL = ("--input", "16", "--output", "4", "--requests", "3", "--concurrency", "1")


def test_a_run_is_measured_again_and_compared(
    call: Call, server: Stub, tmp_path: Path, tokenizer: Path
) -> None:
    asked = ("bench", "--url", server.url, "--model", "m", "--tokenizer", str(tokenizer), *SMALL)
    assert call(*asked).returncode == 0
    store = Store(tmp_path / "results")
    (first,) = store.run_ids()
    assert f"everything that {first} recorded is equal here" in call("rerun", first, "--check").stdout
    assert store.run_ids() == (first,)
    older = recorded_run(store, first)
    changed = older.manifest.model_copy(update={"cpu": "Another CPU", "git_commit": "abc1234"})
    record_run(store, older.model_copy(update={"manifest": changed}))
    done = call("rerun", first)
    assert done.returncode == 0, done.stderr
    assert "What could not be made equal" in done.stdout
    assert "Another CPU" in done.stdout
    assert f"A: {first}" in done.stdout
    second, _ = store.run_ids()
    assert store.read("points", second)["reused"].to_list() == [False]


def test_what_cannot_be_measured_again_is_refused(call: Call, tmp_path: Path) -> None:
    store = Store(tmp_path / "results")
    record_run(store, made_up.run("older"))
    foreign = made_up.run("foreign")
    manifest = foreign.manifest.model_copy(update={"source": "guidellm 0.8.1"})
    record_run(store, foreign.model_copy(update={"manifest": manifest}))
    refused(call("rerun", "older"), 2, "recorded without its spec by an earlier version")
    refused(call("rerun", "foreign"), 2, "was measured by guidellm 0.8.1")

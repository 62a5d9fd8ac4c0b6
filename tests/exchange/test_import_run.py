"""A run of another load generator in the tables, in the report and beside a run of ours."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tasks.config.results_location import ResultsLocation
from tasks.exchange import import_run
from tasks.exchange.import_run import import_file
from tasks.record.read_run import recorded_points, recorded_run
from tasks.record.results import RunRecord
from tasks.record.store import Store
from tasks.report.comparison.definition_table import definition_table
from tasks.report.comparison.judged_runs import load_runs
from tests.exchange.test_readers import BUSY, FILES, PATHS, QUIET


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(ResultsLocation(folder=tmp_path / "results"))


def _imported(store: Store, tool: str) -> RunRecord:
    return import_file(PATHS[tool], "throughput", store)


@pytest.mark.parametrize("tool", PATHS)
def test_an_imported_run_is_read_back_with_its_source(store: Store, tool: str) -> None:
    run = recorded_run(store, _imported(store, tool).run_id)
    (point,) = recorded_points(store, run)
    assert (run.manifest.source or "").partition(" ")[0] == tool
    assert point.result["ttft_mean_s"] == pytest.approx(BUSY.get(tool, QUIET)[0], abs=0.004)


def test_an_imported_point_is_suspect_because_nothing_confirms_it(store: Store) -> None:
    (point,) = recorded_points(store, _imported(store, "vllm"))
    assert point.verdict.verdict == "suspect"
    assert "vllm bench serve" in point.verdict.reasons[0]


def test_what_a_file_does_not_say_is_a_reason_of_the_verdict(store: Store) -> None:
    (point,) = recorded_points(store, _imported(store, "sglang"))
    assert "its file does not say how many requests failed" in point.verdict.reasons


def test_requests_that_failed_are_a_reason_of_the_verdict(store: Store, tmp_path: Path) -> None:
    half = tmp_path / "half.json"
    half.write_text(json.dumps(json.loads(PATHS["vllm"].read_text()) | {"completed": 6, "failed": 6}))
    (point,) = recorded_points(store, import_file(half, "throughput", store))
    assert "6 of 12 requests failed" in point.verdict.reasons
    (whole,) = recorded_points(store, _imported(store, "vllm"))
    assert not any("failed" in reason for reason in whole.verdict.reasons)


def test_the_same_file_twice_is_the_same_run(store: Store) -> None:
    assert _imported(store, "guidellm").run_id == _imported(store, "guidellm").run_id
    assert len(store.run_ids()) == 1


def test_the_same_file_under_another_sweep_is_another_run(store: Store) -> None:
    import_file(FILES / "vllm.json", "chat", store)
    import_file(FILES / "vllm.json", "throughput", store)
    assert len(store.run_ids()) == 2


def test_two_files_whose_ids_would_be_the_same_are_two_runs(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Files of one archive have the same time, so that only a few digits tell their runs apart.
    monkeypatch.setattr(import_run, "ID_DIGITS", 0)
    other = tmp_path / "other.json"
    other.write_text(json.dumps(json.loads(PATHS["vllm"].read_text()) | {"mean_ttft_ms": 99.0}))
    first, second = _imported(store, "vllm"), import_file(other, "throughput", store)
    again = import_file(other, "throughput", store)
    assert first.run_id != second.run_id == again.run_id
    assert len(store.run_ids()) == 2
    assert [len(recorded_points(store, run)) for run in (first, second)] == [1, 1]


def test_the_comparison_of_two_tools_names_their_definitions(store: Store) -> None:
    ids = [_imported(store, tool).run_id for tool in ("evalscope", "vllm")]
    table = definition_table(load_runs(ids, store.location))
    assert ("TPOT", "A – B", "EvalScope perf is higher for that reason alone") in table.rows
    assert "B: measured by vllm bench serve" in table.footnotes


def test_every_pair_of_tools_is_compared(store: Store) -> None:
    ids = [_imported(store, tool).run_id for tool in ("evalscope", "vllm", "vllm", "guidellm")]
    table = definition_table(load_runs(ids, store.location))
    pairs = [pair for figure, pair, _ in table.rows if figure == "TTFT"]
    assert pairs == ["A – B, C", "A – D", "B, C – D"]
    assert "B, C: measured by vllm bench serve" in table.footnotes


def test_runs_of_one_tool_have_no_differing_definitions(store: Store) -> None:
    ids = [_imported(store, "vllm").run_id] * 2
    assert definition_table(load_runs(ids, store.location)).rows == ()

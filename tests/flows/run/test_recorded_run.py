"""A run of which every figure is recorded is answered without Prefect, with the rows that the flow writes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from flows.benchmark import benchmark
from flows.run import run_server
from flows.run.recorded_run import needs_prefect, planned_run, report_recorded_run
from stub.process import Stub
from tasks.config.results_location import ResultsLocation
from tasks.config.spec_file import load_spec
from tasks.record.schemas import SCHEMAS
from tasks.record.store import Store

OWN_COLUMNS = ("run_id", "started_at", "finished_at")
"""What differs between two runs that reuse the same figures."""


@pytest.fixture(autouse=True)
def no_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the Prefect settings of this machine, which may name a server."""
    for name in [name for name in os.environ if name.startswith("PREFECT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("api")
def test_a_recorded_run_has_the_rows_and_files_of_a_flow(
    stub: Callable[..., Stub],
    quick: Callable[[Stub], str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path, results = quick(stub(ttft=0.02, itl=0.005)), ResultsLocation(folder=tmp_path / "results")
    spec = load_spec(path)
    assert planned_run(spec, results).plan.missing
    assert not results.runs_folder.exists()
    benchmark(spec=path, results=str(results))
    monkeypatch.setattr(run_server, "endpoint_turn", no_turn)
    by_flow = benchmark(spec=path, results=str(results))
    capsys.readouterr()
    planned = planned_run(spec, results)
    assert not planned.plan.missing
    report_recorded_run(planned)
    run = Store(results).run_ids()[0]
    assert run != by_flow
    for table in SCHEMAS:
        assert rows(results, run, table).equals(rows(results, by_flow, table)), table
    assert names_of_files(results, run) == names_of_files(results, by_flow)
    output = capsys.readouterr()
    assert run == planned.run.id
    assert "reused from" in output.err
    assert "Sweep throughput" in output.out


def no_turn(*_: object) -> None:
    """Fail: a run that measures nothing waits for no other run, and lets none wait."""
    pytest.fail("it took a turn at the endpoint")


def rows(results: ResultsLocation, run: str, table: str) -> pl.DataFrame:
    """The rows of a run in a table, without what differs between runs."""
    return Store(results).read(table, run).drop(OWN_COLUMNS, strict=False)  # type: ignore[arg-type]


def names_of_files(results: ResultsLocation, run: str) -> list[str]:
    """The names of a run's files."""
    return sorted(path.name for path in results.run_folder(run).iterdir())


def test_the_pipeline_imports_nothing_that_only_a_measurement_needs() -> None:
    code = "import sys, flows.run.recorded_run; print(*sys.modules)"
    modules = subprocess.run((sys.executable, "-c", code), check=True, capture_output=True, text=True).stdout
    assert not {"prefect", "aiohttp", "evalscope", "swanlab", "pandas", "matplotlib"} & set(modules.split())


def test_a_run_for_a_server_is_left_to_the_flow(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not needs_prefect(load_spec("smoke"))
    monkeypatch.setenv("PREFECT_API_URL", "http://gauge.example/api")
    assert needs_prefect(load_spec("smoke"))


def test_a_spec_with_blocks_is_left_to_the_flow() -> None:
    assert needs_prefect(load_spec("smoke", ["blocks.swanlab=team"]))

"""The flow on a real Prefect server against the stub: what is measured, reused, failed and kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from flows.benchmark import benchmark
from tasks.errors import EndpointError, InputError, MeasureError
from tasks.record.store import Store
from tests.stub.process import Stub

pytestmark = pytest.mark.usefixtures("prefect")
Start = Callable[..., Stub]
Write = Callable[[Stub], str]


def table(results: Path, name: str, run: str) -> pl.DataFrame:
    return Store(results).read(name, run)  # type: ignore[arg-type]


def test_a_run_is_recorded_and_a_second_one_reuses_it(
    stub: Start, quick: Write, tmp_path: Path, tokenizer: Path
) -> None:
    server = stub(ttft=0.02, itl=0.005, tokenizer=str(tokenizer))
    spec, results = quick(server), tmp_path / "results"

    first = benchmark(spec=spec, results=str(results))
    points = table(results, "points", first)
    assert points["verdict"].to_list() == ["valid", "valid"]
    assert points["reused"].to_list() == [False, False]
    assert points["succeeded"].to_list() == [2, 20]
    requests = table(results, "requests", first)
    assert requests.height == 22
    assert set(requests["output_tokens"]) == {8}
    assert set(requests["input_tokens"]) == {32}
    assert requests["ttft_s"].min() >= 0.02
    assert table(results, "runs", first)["outcome"].to_list() == ["completed"]
    assert "vllm:generation_tokens_total" in set(table(results, "telemetry", first)["metric"])

    server.clear_log()
    second = benchmark(spec=spec, results=str(results))
    assert server.log() == []
    reused = table(results, "points", second)
    assert reused["reused"].to_list() == [True, True]
    assert reused["reasons"].to_list() == [[f"reused: measured by {first}"]] * 2
    assert reused["ttft_mean_s"].to_list() == points["ttft_mean_s"].to_list()
    assert table(results, "requests", second).is_empty()

    third = benchmark(spec=spec, results=str(results), refresh=True)
    assert table(results, "points", third)["reused"].to_list() == [False, False]


def test_a_run_that_ended_early_measures_only_the_rest(
    stub: Start, quick: Write, tmp_path: Path, tokenizer: Path
) -> None:
    server = stub(tokenizer=str(tokenizer))
    spec, results = quick(server), tmp_path / "results"
    # Of two first answers and two requests of the first point none fails; of the second point one does.
    server.faults([{"kind": "error500", "first": 10, "count": 1}])
    with pytest.raises(MeasureError, match="1 of 2 measurements failed"):
        benchmark(spec=spec, results=str(results))
    (failed,) = Store(results).run_ids()
    verdicts = dict(table(results, "points", failed).select("concurrency", "verdict").iter_rows())
    assert verdicts == {1: "valid", 4: "invalid"}
    assert table(results, "runs", failed)["outcome"].to_list() == ["failed"]
    errors = table(results, "requests", failed)["error"].drop_nulls().to_list()
    assert len(errors) == 1
    assert "500" in errors[0]

    server.faults([])
    again = benchmark(spec=spec, results=str(results))
    reused = dict(table(results, "points", again).select("concurrency", "reused").iter_rows())
    assert reused == {1: True, 4: False}


def test_a_point_without_one_success_is_a_failed_point(
    stub: Start, quick: Write, tmp_path: Path, tokenizer: Path
) -> None:
    server = stub(tokenizer=str(tokenizer))
    spec, results = quick(server), tmp_path / "results"
    server.faults([{"kind": "error500", "first": 1}])
    with pytest.raises(MeasureError, match="2 of 2 measurements failed"):
        benchmark(spec=spec, results=str(results))
    (run,) = Store(results).run_ids()
    points = table(results, "points", run)
    assert points["succeeded"].to_list() == [0, 0]
    assert points["ttft_mean_s"].to_list() == [None, None]
    assert points["verdict"].to_list() == ["invalid", "invalid"]


def test_a_server_that_tells_no_start_time_is_never_taken_for_another(
    stub: Start, quick: Write, tmp_path: Path, tokenizer: Path
) -> None:
    server = stub(tokenizer=str(tokenizer), no_metrics=True)
    spec, results = quick(server), tmp_path / "results"
    benchmark(spec=spec, results=str(results))
    again = benchmark(spec=spec, results=str(results))
    points = table(results, "points", again)
    assert points["reused"].to_list() == [False, False]
    assert any("no /metrics" in reason for reason in points["reasons"].to_list()[0])


def test_a_wrong_model_name_is_wrong_input(stub: Start, quick: Write, tmp_path: Path) -> None:
    spec = quick(stub())
    with pytest.raises(InputError, match="does not serve 'other'"):
        benchmark(spec=spec, overrides=["server.model=other"], results=str(tmp_path / "results"))


def test_an_endpoint_that_is_gone_is_named(stub: Start, quick: Write, tmp_path: Path) -> None:
    server = stub()
    spec = quick(server)
    server.kill()
    with pytest.raises(EndpointError, match="cannot be reached"):
        benchmark(spec=spec, results=str(tmp_path / "results"))

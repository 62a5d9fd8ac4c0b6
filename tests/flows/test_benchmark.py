"""The flow on a real Prefect server with the stub: what is measured, reused, failed and recorded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import polars as pl
import pytest
from prefect.artifacts import Artifact
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import ArtifactFilter, ArtifactFilterKey

from flows.benchmark import benchmark
from flows.concurrency import concurrency_test
from stub.process import Stub
from tasks.audit.checks import CHECKS
from tasks.errors import EndpointError, InputError, MeasureError, RegressionError
from tasks.probe import identity
from tasks.record.store import Store
from tasks.report.read_report import read_report
from tasks.serve.endpoint import Endpoint
from tests.helpers.nvml import Nvml

pytestmark = pytest.mark.usefixtures("api")
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
    assert set(points["verdict"]) <= {"valid", "suspect"}  # suspect on a crowded machine, and rightly so
    assert points["reused"].to_list() == [False, False]
    assert points["succeeded"].to_list() == [2, 20]
    requests = table(results, "requests", first)
    assert requests.height == 22
    assert set(requests["output_tokens"]) == {8}
    assert set(requests["input_tokens"]) == {32}
    assert min(requests["ttft_s"].to_list()) >= 0.02
    assert table(results, "runs", first)["outcome"].to_list() == ["completed"]
    telemetry = table(results, "telemetry", first)
    assert "vllm:generation_tokens_total" in set(telemetry["metric"])
    assert set(telemetry["source"]) >= {"server", "client", "machine"}
    checks = table(results, "checks", first)
    assert checks.group_by("concurrency").len()["len"].to_list() == [len(CHECKS)] * 2

    server.clear_log()
    second = benchmark(spec=spec, results=str(results))
    assert server.log() == []
    reused = table(results, "points", second)
    assert reused["reused"].to_list() == [True, True]
    assert reused["measured_by"].to_list() == [first] * 2
    assert reused["ttft_mean_s"].to_list() == points["ttft_mean_s"].to_list()
    assert table(results, "requests", second).is_empty()
    assert table(results, "checks", second).drop("run_id").equals(checks.drop("run_id"))

    third = benchmark(spec=spec, results=str(results), refresh=True)
    assert table(results, "points", third)["reused"].to_list() == [False, False]


def test_objectives_give_goodput_and_reused_points_are_judged_by_new_ones(
    stub: Start, quick: Write, tmp_path: Path, tokenizer: Path
) -> None:
    """By hand: a request holds its slot for 0.38 s, and two of four wait for a slot as long."""
    server = stub(ttft=0.1, itl=0.04, tokenizer=str(tokenizer), slots=2)
    spec, results = quick(server), tmp_path / "results"
    bound = "sweeps.0.objectives=['ttft_mean_s <= {}', 'success >= 1']"
    strict = table(
        results, "points", benchmark(spec=spec, results=str(results), overrides=[bound.format(0.35)])
    )
    assert dict(strict.select("concurrency", "objectives_met").iter_rows()) == {1: True, 4: False}
    good, all_of_them = strict.filter(concurrency=4).select("goodput", "request_throughput").row(0)
    assert 0 < good < all_of_them  # two of four find a slot at once

    server.clear_log()
    loose = table(results, "points", benchmark(spec=spec, results=str(results), overrides=[bound.format(9)]))
    assert server.log() == []
    assert loose["objectives_met"].to_list() == [True, True]
    assert loose["goodput"].to_list() == loose["request_throughput"].to_list()
    assert loose["objectives"].to_list() == [["ttft_mean_s <= 9", "success >= 1"]] * 2

    plain = table(results, "points", benchmark(spec=spec, results=str(results)))
    assert plain["reused"].to_list() == [True, True]
    assert plain["goodput"].to_list() == [None, None]


def test_energy_and_cost_follow_from_power_and_price(
    stub: Start, quick: Write, tmp_path: Path, tokenizer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("probe.gpu_source", "serve.gpu"):
        monkeypatch.setattr(f"tasks.{module}.import_module", lambda name: Nvml(70, 70, power_w=(300, 500)))
    server = stub(ttft=0.02, itl=0.005, tokenizer=str(tokenizer))
    spec, results = quick(server), tmp_path / "results"

    def measured(price: float) -> dict[str, float]:
        chosen = ["server.gpus=[0,1]", f"server.price_per_hour={price}", "sweeps.0.load=[{burst: 8}]"]
        run = benchmark(spec=spec, results=str(results), overrides=chosen)
        (point,) = table(results, "points", run).to_dicts()
        return point

    point = measured(3.6)
    assert point["energy_j"] == pytest.approx(800 * point["duration_s"], rel=1e-4)
    assert point["energy_per_output_token_j"] == pytest.approx(point["energy_j"] / 64)
    assert point["energy_per_request_j"] == pytest.approx(point["energy_j"] / 8)
    assert point["cost_per_million_output_tokens"] == pytest.approx(1000 / point["output_token_throughput"])
    dearer = measured(7.2)
    assert (dearer["reused"], dearer["energy_j"]) == (True, point["energy_j"])
    assert dearer["cost_per_million_tokens"] == pytest.approx(2 * point["cost_per_million_tokens"])


def test_a_tracker_that_fails_and_a_length_that_is_not_used_are_recorded_warnings(
    stub: Start, quick: Write, tmp_path: Path, tokenizer: Path
) -> None:
    server = stub(tokenizer=str(tokenizer))
    chosen = ["sweeps.0.load=[{burst: 2}]", "track.swanlab.mode=offline", "track.swanlab.timeout_s=0.001"]
    chosen += ["sweeps.0.dataset=openqa"]
    run = benchmark(spec=quick(server), results=str(tmp_path), overrides=chosen)
    (row,) = table(tmp_path, "runs", run).to_dicts()
    assert row["outcome"] == "completed"
    ignored = "the prompts of openqa have lengths of their own, not 32 tokens; remove `input_tokens`"
    assert row["warnings"] == [
        f"sweep throughput: {ignored}",
        "not tracked in SwanLab: no answer within 0.001 s",
    ]
    assert read_report(Store(tmp_path), run).warnings == tuple(row["warnings"])
    assert row["warnings"][0] in (tmp_path / "files" / run / "report.html").read_text(encoding="utf-8")


def test_a_search_finds_the_knee_and_a_second_one_measures_nothing(
    stub: Start, quick: Write, tmp_path: Path, tokenizer: Path
) -> None:
    server = stub(ttft=0.1, itl=0.03, tokenizer=str(tokenizer), slots=2)
    spec, results = quick(server), tmp_path / "results"
    load = ["sweeps.0.load={until: saturated, concurrency: 1, max: 16, measurements: 9}"]
    first = benchmark(spec=spec, results=str(results), overrides=load)
    (knee,) = table(results, "knees", first).to_dicts()
    assert (knee["load"], knee["knee"], knee["low"], knee["reason"]) == ("concurrency", 2, 1, "throughput")
    points = table(results, "points", first)
    assert knee["points"] == points.height
    assert {1, 2, 4} <= set(points["concurrency"])
    artifact: Any = Artifact.get(key="saturation")
    assert '"Knee": "2"' in str(artifact.data)

    server.clear_log()
    second = benchmark(spec=spec, results=str(results), overrides=load)
    assert server.log() == []
    assert table(results, "knees", second).drop("run_id").to_dicts() == [
        {name: value for name, value in knee.items() if name != "run_id"}
    ]
    assert table(results, "points", second)["reused"].all()


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
    assert (verdicts[1] == "invalid", verdicts[4] == "invalid") == (False, True)
    assert table(results, "runs", failed)["outcome"].to_list() == ["failed"]
    errors = table(results, "requests", failed)["error"].drop_nulls().to_list()
    assert len(errors) == 1
    assert "500" in errors[0]

    server.faults([])
    again = benchmark(spec=spec, results=str(results))
    reused = dict(table(results, "points", again).select("concurrency", "reused").iter_rows())
    assert reused == {1: True, 4: False}


def test_a_gate_fails_a_run_that_is_worse_than_the_one_before(
    stub: Start, quick: Write, tmp_path: Path, tokenizer: Path
) -> None:
    """By hand: a request takes 0.055 s, then 0.72 s; no busy machine makes up for that."""
    gate, results = ["gate.worse_than=20"], str(tmp_path / "results")
    spec = quick(stub(ttft=0.02, itl=0.005, tokenizer=str(tokenizer)))
    before = benchmark(spec=spec, overrides=gate, results=results)  # there is no earlier run to compare with
    spec = quick(stub(ttft=0.02, itl=0.1, tokenizer=str(tokenizer)))
    with pytest.raises(RegressionError, match="the gate does not hold") as caught:
        benchmark(spec=spec, overrides=gate, results=results)
    assert caught.value.remedy.startswith(f"worse than in {before} by more than 20 %: throughput 1: RPS")
    store = Store(tmp_path / "results")
    after = store.run_ids()[0]
    assert table(store.location.folder, "runs", after)["outcome"].to_list() == ["failed"]
    assert "invalid" not in table(store.location.folder, "points", after)["verdict"].to_list()
    # A failed run is no baseline: the next run is compared with the completed one, and fails too.
    with pytest.raises(RegressionError, match="the gate does not hold") as caught:
        benchmark(spec=spec, overrides=gate, results=results)
    assert before in caught.value.remedy


def test_a_gate_holds_a_run_to_its_objectives(
    stub: Start, quick: Write, tmp_path: Path, tokenizer: Path
) -> None:
    spec = quick(stub(ttft=0.02, itl=0.005, tokenizer=str(tokenizer)))
    overrides = ["gate.objectives=true", "sweeps.0.objectives=['ttft_mean_s <= 0.01']"]
    with pytest.raises(RegressionError, match="the gate does not hold") as caught:
        benchmark(spec=spec, overrides=overrides, results=str(tmp_path / "results"))
    assert caught.value.remedy.endswith("misses its objectives (ttft_mean_s <= 0.01)")


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


def test_figures_of_a_server_without_a_start_time_are_not_reused(
    stub: Start, quick: Write, tmp_path: Path, tokenizer: Path
) -> None:
    server = stub(tokenizer=str(tokenizer), no_metrics=True)
    spec, results = quick(server), tmp_path / "results"
    benchmark(spec=spec, results=str(results))
    again = benchmark(spec=spec, results=str(results))
    points = table(results, "points", again)
    assert points["reused"].to_list() == [False, False]
    assert any("no /metrics" in note for note in points["notes"].to_list()[0])


def test_a_wrong_model_name_is_wrong_input(stub: Start, quick: Write, tmp_path: Path) -> None:
    spec = quick(stub())
    with pytest.raises(InputError, match="does not serve 'other'"):
        benchmark(spec=spec, overrides=["server.model=other"], results=str(tmp_path / "results"))


@pytest.mark.parametrize(
    ("flow", "wrong"),
    [
        (benchmark, {"spec": "nosuch.yaml"}),
        (benchmark, {"spec": "smoke", "results": "s3://bucket/../wrong"}),
        (benchmark, {"spec": "smoke", "overrides": ["no.such=1"]}),
        (concurrency_test, {"spec": "neither.yaml"}),
    ],
)
def test_wrong_input_has_a_failure_artifact_too(flow: Any, wrong: dict[str, Any]) -> None:
    state = flow(**wrong, return_state=True)
    with pytest.raises(InputError) as caught:
        state.result()
    with get_client(sync_client=True) as client:
        failures = ArtifactFilter(key=ArtifactFilterKey(any_=["failure"]))
        artifacts = client.read_artifacts(artifact_filter=failures, limit=50)
    assert caught.value.what in [artifact.description for artifact in artifacts]


def test_an_endpoint_is_asked_for_its_model_before_the_run_and_in_the_health_check(
    stub: Start, quick: Write, tmp_path: Path, tokenizer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    listed_models = identity.listed_models

    def count_calls(
        client: httpx.Client, endpoint: Endpoint, managed: bool = False
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        asked.append(endpoint.url)
        return listed_models(client, endpoint, managed)

    monkeypatch.setattr(identity, "listed_models", count_calls)
    server = stub(tokenizer=str(tokenizer))
    benchmark(spec=quick(server), results=str(tmp_path / "results"))
    assert asked == [server.url] * 2


def test_a_gpu_that_does_not_exist_is_wrong_input(
    stub: Start, quick: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.serve.gpu.import_module", lambda name: Nvml(70))
    with pytest.raises(InputError, match=r"server\.gpus: there is no GPU 7"):
        benchmark(spec=quick(stub()), overrides=["server.gpus=[7]"], results=str(tmp_path / "results"))


def test_an_endpoint_that_does_not_answer_is_named(stub: Start, quick: Write, tmp_path: Path) -> None:
    server = stub()
    spec = quick(server)
    server.kill()
    with pytest.raises(EndpointError, match="cannot be reached"):
        benchmark(spec=spec, results=str(tmp_path / "results"))

"""A run at MLflow: whole and once, also after a kill in the middle; every failure is a warning."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from pydantic import ValidationError

from tasks.config.trackers import MLflow
from tasks.errors import TrackError
from tasks.track.mlflow_api import BATCH, MLflowApi
from tasks.track.mlflow_tracker import MLflowTracker, figures_of, metric_key
from tasks.track.tracked_run import TrackOutcome
from tests.record import made_up
from tests.track.fake_mlflow import FakeMLflow
from tests.track.made_up_run import made_up_run

CONFIG = MLflow(uri="http://mlflow.made-up:5000/")
RUN = made_up_run(config=(("model", "m"), ("engine.version", None), ("a%", 1)), started_at=made_up.START)


class ProcessEndsError(Exception):
    """Stands for a kill: nothing of the tracker handles it."""


def track(server: FakeMLflow) -> TrackOutcome:
    return MLflowTracker(CONFIG, server.transport).on_run_end(RUN, Path("unused"))


def test_a_run_is_logged_whole() -> None:
    server = FakeMLflow()
    outcome = track(server)
    assert (outcome.warning, outcome.earlier) == (None, False)
    assert outcome.kept == outcome.logged == len(figures_of(RUN)) > 50
    assert outcome.url == "http://mlflow.made-up:5000/#/experiments/7/runs/made-up-0"
    info = server.runs["made-up-0"]["info"]
    assert (info["run_name"], info["status"]) == ("made up", "FINISHED")
    assert info["start_time"] == int(made_up.START.timestamp() * 1000)
    assert server.params["made-up-0"] == {"model": "m", "a_": "1"}
    figures = server.metrics["made-up-0"]
    expected = 1000 * made_up.point(concurrency=8, requests=40).known("ttft_mean_s")
    assert figures["throughput/TTFT mean ms", 8] == pytest.approx(expected)


def test_a_run_is_logged_once() -> None:
    server = FakeMLflow()
    first, second = track(server), track(server)
    assert (second.earlier, second.experiment_id) == (True, first.experiment_id)
    assert len(server.runs) == 1
    assert server.calls.count("runs/create") == 1


@pytest.mark.parametrize("call", ["runs/log-batch", "runs/get", "runs/update"])
def test_a_run_that_was_killed_in_the_middle_is_completed(call: str) -> None:
    server = FakeMLflow()
    server.fail_at = {call: ProcessEndsError()}
    with pytest.raises(ProcessEndsError):
        track(server)
    assert server.runs["made-up-0"]["info"]["status"] == "RUNNING"
    server.fail_at = {}
    outcome = track(server)
    assert (outcome.experiment_id, outcome.warning, outcome.earlier) == ("made-up-0", None, False)
    assert server.runs["made-up-0"]["info"]["status"] == "FINISHED"
    assert len(server.runs) == 1


def test_figures_that_did_not_arrive_are_a_warning_and_the_run_stays_open() -> None:
    server = FakeMLflow()
    server.fail_at = {"runs/get": (200, {"run": {"data": {}}})}
    outcome = track(server)
    assert outcome.warning == f"{outcome.logged} of {outcome.logged} figures are not in its run made-up-0"
    assert server.runs["made-up-0"]["info"]["status"] == "RUNNING"


@pytest.mark.parametrize(
    ("failure", "message"),
    [
        ((401, {}), "MLflow answered 401: Unauthorized: set MLFLOW_TRACKING_TOKEN"),
        ((400, {"error_code": "X", "message": "bad\nname"}), "MLflow answered 400: bad: mend that"),
        (httpx.ConnectError("refused"), "gives no answer of MLflow: refused: check track.mlflow.uri"),
        (httpx.ReadTimeout("slow"), "did not answer within 60 s: run `servegauge track`"),
    ],
)
def test_a_failure_is_said(failure: object, message: str) -> None:
    server = FakeMLflow()
    server.fail_at = {"experiments/get-by-name": failure}  # type: ignore[dict-item]
    with pytest.raises(TrackError) as raised:
        track(server)
    assert message in str(TrackOutcome.from_error(raised.value).warning)


def test_all_calls_share_one_time_limit() -> None:
    times = iter((0.0, 59.0, 61.0))
    api = MLflowApi(CONFIG, FakeMLflow().transport, lambda: next(times))
    with pytest.raises(TrackError, match="within 60 s"):
        api.experiment_id()


@pytest.mark.parametrize(
    ("variables", "header"),
    [
        ({}, None),
        ({"MLFLOW_TRACKING_TOKEN": "made-up"}, "Bearer made-up"),
        ({"MLFLOW_TRACKING_USERNAME": "a", "MLFLOW_TRACKING_PASSWORD": "b"}, "Basic YTpi"),
    ],
)
def test_credentials_are_those_of_every_mlflow_client(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], header: str | None
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    server = FakeMLflow()
    track(server)
    assert {headers.get("authorization") for headers in server.headers} == {header}


def test_many_figures_go_in_several_requests() -> None:
    server = FakeMLflow()
    points = tuple(
        made_up.recorded(made_up.point(concurrency=concurrency))
        for concurrency in range(1, 2 + BATCH["metrics"] // 20)
    )
    run = RUN.model_copy(update={"points": points})
    outcome = MLflowTracker(CONFIG, server.transport).on_run_end(run, Path("unused"))
    assert outcome.kept == outcome.logged > BATCH["metrics"]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("throughput/Output (tok/s)", "throughput/Output tok per s"),
        ("throughput/Success (%)", "throughput/Success percent"),
        ("chat/TTFT P99 (ms) #2", "chat/TTFT P99 ms repeat 2"),
        ("concurrency", "concurrency"),
        ("accuracy/größe_mean", "accuracy/gr__e_mean"),
    ],
)
def test_a_key_has_only_characters_that_mlflow_takes(name: str, key: str) -> None:
    assert metric_key(name) == key


def test_an_address_holds_no_credentials() -> None:
    with pytest.raises(ValidationError, match="holds credentials"):
        MLflow(uri="http://user:secret@host")


def test_each_server_and_experiment_is_a_target_of_its_own() -> None:
    configs = [CONFIG, MLflow(uri="http://other"), MLflow(uri=CONFIG.uri, experiment="other")]
    assert len({config.target for config in configs}) == 3

"""Variables of blocks reach the measuring processes, even if their fork server was started before."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from prefect.blocks.fields import SecretDict
from pydantic import SecretStr

from blocks.credentials import EndpointCredentials, MLflowCredentials, ModelHub
from flows.run.block_settings import with_blocks
from tasks.config.results_location import ResultsLocation
from tasks.config.server import EndpointServer
from tasks.config.spec_file import load_spec
from tasks.measure.jobs import PointJob
from tasks.measure.processes import fork_server
from tasks.measure.processes.run_jobs import run_job
from tasks.serve.find_endpoint import endpoint_of
from tests.measure.conftest import make_job

__all__ = ["make_job"]


@pytest.mark.usefixtures("api")
def test_a_fork_server_is_started_again_with_the_variables(
    make_job: Callable[..., PointJob], tmp_path: Path
) -> None:
    ModelHub(token=SecretStr("of-a-test"), mirror="http://mirror.test").save("warm", overwrite=True)
    spec = load_spec("smoke", ["blocks.hub=warm"])
    fork_server.warm_up()

    def hub_variables() -> object:
        return run_job(
            "tests.measure.processes.workers:hub",
            make_job(),
            check=lambda: None,
            progress=lambda _: None,
            timeout_s=60,
        )

    before = hub_variables()
    with with_blocks(spec, ResultsLocation(folder=tmp_path)):
        assert hub_variables() == ("of-a-test", "http://mirror.test")
    assert before != ("of-a-test", "http://mirror.test")
    fork_server.shut_down()  # the processes of the next test must not inherit them


@pytest.mark.usefixtures("api")
def test_an_endpoint_is_asked_with_the_key_and_the_headers_of_a_block(tmp_path: Path) -> None:
    secrets = SecretDict({"X-Team": "blue"})
    EndpointCredentials(api_key=SecretStr("of-a-test"), headers=secrets).save("cloud", overwrite=True)
    with with_blocks(load_spec("endpoint", ["blocks.endpoint=cloud"]), ResultsLocation(folder=tmp_path)) as (
        spec,
        _,
    ):
        assert isinstance(spec.server, EndpointServer)
        headers = endpoint_of(spec.server).headers
    assert (headers["X-Team"], headers["Authorization"]) == ("blue", "Bearer of-a-test")
    fork_server.shut_down()


@pytest.mark.usefixtures("api")
def test_the_credentials_of_an_mlflow_server_last_as_long_as_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", "of-the-worker")
    MLflowCredentials(uri="http://mlflow.test", username="me", password=SecretStr("of-a-test")).save(
        "team", overwrite=True
    )
    results = ResultsLocation(folder=tmp_path)
    with with_blocks(load_spec("endpoint", ["blocks.mlflow=team"]), results) as (spec, _):
        assert spec.track.mlflow.uri == "http://mlflow.test"
        assert "of-a-test" not in spec.model_dump_json()
        seen = [os.environ[f"MLFLOW_TRACKING_{name}"] for name in ("TOKEN", "USERNAME", "PASSWORD")]
        assert seen == ["", "me", "of-a-test"]
    assert os.environ["MLFLOW_TRACKING_TOKEN"] == "of-the-worker"
    assert "MLFLOW_TRACKING_PASSWORD" not in os.environ
    fork_server.shut_down()

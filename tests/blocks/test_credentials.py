"""Credentials as plain models, without a Prefect server: what they change in a spec, and their variables."""

from __future__ import annotations

import pytest
from prefect.blocks.fields import SecretDict
from pydantic import SecretStr

from blocks.credentials import EndpointCredentials, MLflowCredentials, ModelHub, SwanLabCredentials
from tasks.config.server import EndpointServer, VllmServer
from tasks.config.trackers import MLflow, SwanLab
from tasks.errors import InputError
from tests.blocks.test_hosts import shown

ENDPOINT = EndpointServer(kind="endpoint", url="http://gauge.example/v1", model="m", headers={"X-Own": "OWN"})


def test_a_hub_has_the_variables_of_its_own_client() -> None:
    token = SecretStr("token")
    assert shown(ModelHub(token=token).variables()) == {"HF_TOKEN": "token"}
    closed = ModelHub(hub="modelscope", token=token, mirror="mirror.example")
    assert shown(closed.variables()) == {
        "MODELSCOPE_API_TOKEN": "token",
        "MODELSCOPE_ENDPOINT": "mirror.example",
    }
    assert closed.config(VllmServer(model="a/b")).hub == "modelscope"


def test_an_account_sets_the_key_that_the_spec_names_and_keeps_its_settings() -> None:
    account = SwanLabCredentials(api_key=SecretStr("key"), host="http://swanlab.example")
    settings = SwanLab(api_key_env="MY_KEY", workspace="team")
    assert shown(account.variables(settings)) == {"MY_KEY": "key"}
    changed = account.config(settings)
    assert (changed.host, changed.workspace) == ("http://swanlab.example", "team")


def test_a_server_of_mlflow_replaces_the_workers_credentials_and_keeps_the_experiment() -> None:
    block = MLflowCredentials(uri="https://mlflow.example", token=SecretStr("token"))
    assert shown(block.variables()) == {
        "MLFLOW_TRACKING_TOKEN": "token",
        "MLFLOW_TRACKING_USERNAME": "",
        "MLFLOW_TRACKING_PASSWORD": "",
    }
    asked = MLflowCredentials(uri="https://mlflow.example", username="me", password=SecretStr("word"))
    assert list(shown(asked.variables()).values()) == ["", "me", "word"]
    changed = block.config(MLflow(experiment="nightly"))
    assert (changed.uri, changed.experiment) == ("https://mlflow.example", "nightly")


@pytest.mark.parametrize("uri", ["mlflow.example", "https://me:word@mlflow.example"])
def test_a_wrong_address_of_mlflow_is_refused(uri: str) -> None:
    with pytest.raises(InputError) as refused:
        MLflowCredentials(uri=uri).config(MLflow())
    assert "word" not in str(refused.value).replace("PASSWORD", "")


def test_an_endpoint_has_its_key_and_its_secret_headers_in_variables() -> None:
    secrets = SecretDict({"X-Team": "blue", "X-Project": "p1"})
    credentials = EndpointCredentials(api_key=SecretStr("key"), headers=secrets)
    assert shown(credentials.variables()) == {
        "SERVEGAUGE_ENDPOINT_KEY": "key",
        "SERVEGAUGE_ENDPOINT_HEADER_0": "blue",
        "SERVEGAUGE_ENDPOINT_HEADER_1": "p1",
    }
    changed = credentials.config(ENDPOINT)
    assert changed.api_key_env == "SERVEGAUGE_ENDPOINT_KEY"
    assert changed.headers == {
        "X-Own": "OWN",
        "X-Team": "SERVEGAUGE_ENDPOINT_HEADER_0",
        "X-Project": "SERVEGAUGE_ENDPOINT_HEADER_1",
    }
    assert not {"'key'", "blue"} & set(repr(credentials).split("="))


def test_without_a_key_the_spec_keeps_its_own() -> None:
    keyed = ENDPOINT.model_copy(update={"api_key_env": "KEY"})
    assert EndpointCredentials().config(keyed) == keyed
    assert EndpointCredentials().variables() == {}


@pytest.mark.parametrize(
    ("header", "what"), [("x-own", "x-own is listed twice"), ("Host", "Host is set by the load generator")]
)
def test_a_header_that_cannot_be_sent_is_refused_by_its_name(header: str, what: str) -> None:
    with pytest.raises(InputError, match=what) as caught:
        EndpointCredentials(headers=SecretDict({header: "blue"})).config(ENDPOINT)
    assert "blue" not in str(caught.value)

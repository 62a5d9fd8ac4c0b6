"""Credentials as plain models, without a Prefect server: what they change in a spec, and their variables."""

from __future__ import annotations

from pydantic import SecretStr

from blocks.credentials import ModelHub, SwanLabCredentials
from tasks.config.server import VllmServer
from tasks.config.trackers import SwanLab
from tests.blocks.test_hosts import shown


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

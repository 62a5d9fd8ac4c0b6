"""Blocks as plain models, without a Prefect server: what they change in a spec, and their variables."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from blocks.credentials import Variables
from blocks.hosts import ResultStore, ServingHost
from tasks.config.server import VllmServer
from tasks.errors import InputError


def shown(variables: Variables) -> dict[str, str]:
    return {name: value.get_secret_value() for name, value in variables.items()}


def test_a_bucket_has_the_variables_of_an_s3_client() -> None:
    store = ResultStore(
        location="s3://bucket/team",
        endpoint_url="http://minio:9000",
        access_key_id="id",
        secret_access_key=SecretStr("key"),
    )
    assert store.config().bucket == "bucket/team"
    assert shown(store.variables()) == {
        "AWS_ENDPOINT_URL": "http://minio:9000",
        "AWS_ACCESS_KEY_ID": "id",
        "AWS_SECRET_ACCESS_KEY": "key",
    }
    assert "'key'" not in repr(store)


def test_a_folder_has_no_variables_and_another_address_is_refused() -> None:
    store = ResultStore(location="~/results")
    assert (store.config().folder, store.variables()) == (Path.home() / "results", {})
    with pytest.raises(InputError, match="gs://bucket"):
        ResultStore(location="gs://bucket").config()


def test_variables_of_the_spec_take_precedence_over_the_host() -> None:
    host = ServingHost(gpu_ids=[2, 3], env={"A": "host", "B": "host"})
    server = host.config(VllmServer(model="a/b", env={"B": "spec"}))
    assert server.env == {"A": "host", "B": "spec"}
    assert server.gpus == (2, 3)  # as if the spec named them: they are locked and checked to be free


def test_gpus_of_the_spec_take_precedence_over_the_host() -> None:
    host = ServingHost(gpu_ids=[3, 5])
    assert host.config(VllmServer(model="m", gpus=(1,))).gpus == (1,)
    assert host.config(VllmServer(model="m", device="cpu")).gpus is None
    assert ServingHost().config(VllmServer(model="m")).gpus is None


@pytest.mark.parametrize("wrong", [[0, 0], [-1]])
def test_gpu_ids_are_distinct_numbers(wrong: list[int]) -> None:
    with pytest.raises(ValidationError, match="name each GPU once"):
        ServingHost(gpu_ids=wrong)

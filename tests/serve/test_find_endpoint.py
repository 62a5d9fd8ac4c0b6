"""The endpoint of a server that a spec names, and of one that was started here."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from tasks.config.server import CommandServer, EndpointServer
from tasks.errors import InputError
from tasks.serve.find_endpoint import endpoint_at, endpoint_of
from tests.serve.fake import a_model, a_server

KEY = SecretStr("the-key")


def a_command(**fields: object) -> CommandServer:
    """Return the spec's server of an engine that is started by a command."""
    return CommandServer.model_validate(
        {"kind": "command", "engine": "x", "model": "m", "command": ["x", "{port}"], **fields}
    )


def test_the_key_of_a_named_server_is_read_from_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    server = EndpointServer(kind="endpoint", url="http://h/v1/", model="m", api_key_env="THE_KEY")
    monkeypatch.delenv("THE_KEY", raising=False)
    with pytest.raises(InputError, match="names THE_KEY, which is not set"):
        endpoint_of(server)
    monkeypatch.setenv("THE_KEY", "the-key")
    endpoint = endpoint_of(server)
    assert (endpoint.url, endpoint.tokenizer, endpoint.api_key) == ("http://h/v1", "m", KEY)


def test_a_vllm_server_answers_on_health_and_asks_for_its_key() -> None:
    endpoint = endpoint_at(8801, a_server(), a_model(), KEY)
    assert endpoint.health_url == "http://127.0.0.1:8801/health"
    assert endpoint.api_key == KEY


def test_a_command_says_where_it_answers_and_whether_it_asks_for_a_key() -> None:
    endpoint = endpoint_at(8801, a_command(ready="/ready"), a_model(), KEY)
    assert endpoint.health_url == "http://127.0.0.1:8801/ready"
    assert endpoint.api_key is None
    assert endpoint_at(8801, a_command(api_key_env="X_KEY"), a_model(), KEY).api_key == KEY


def test_headers_are_read_from_their_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    server = EndpointServer(
        kind="endpoint", url="http://h/v1?api-version=1", model="m", headers={"X-Team": "TEAM"}
    )
    monkeypatch.delenv("TEAM", raising=False)
    with pytest.raises(InputError, match=r"server\.headers\.X-Team names TEAM, which is not set"):
        endpoint_of(server)
    monkeypatch.setenv("TEAM", "red\n")
    endpoint = endpoint_of(server)
    assert (endpoint.headers, endpoint.url, endpoint.query) == (
        {"X-Team": "red"},
        "http://h/v1",
        "api-version=1",
    )


@pytest.mark.parametrize("value", ["a\r\nHost: other", "caf\u00e9", "a\x00b"])
def test_a_value_that_no_header_can_carry_is_refused_without_repeating_it(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    server = EndpointServer(kind="endpoint", url="http://h/v1", model="m", api_key_env="THE_KEY")
    monkeypatch.setattr("os.environ", {"THE_KEY": value})
    with pytest.raises(InputError, match="THE_KEY, whose value holds a character") as caught:
        endpoint_of(server)
    assert value not in str(caught.value)

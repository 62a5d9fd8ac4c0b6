"""The client of the probes, its health check, and the messages in responses."""

from __future__ import annotations

import httpx
import pytest

from tasks.errors import EndpointError, ServerStartError
from tasks.probe.http_client import client_for, error_class, is_healthy, message_of
from tests.helpers.redirecting import redirecting_server
from tests.probe.talk import ENDPOINT, Answer, server


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (httpx.Response(200), True),
        (httpx.Response(503), False),
        (httpx.ConnectError("refused"), False),
        (httpx.ReadTimeout("slow"), False),
    ],
)
def test_a_server_is_healthy_if_it_answers_200(answer: Answer, expected: bool) -> None:
    with client_for(ENDPOINT, server(health=answer)) as client:
        assert is_healthy(client, ENDPOINT) is expected


def test_proxies_are_used_for_other_hosts_only() -> None:
    elsewhere = ENDPOINT.model_copy(update={"url": "https://api.example/v1"})
    with client_for(ENDPOINT) as local, client_for(elsewhere) as remote:
        assert (local.trust_env, remote.trust_env) == (False, True)


def test_a_key_follows_no_redirect() -> None:
    with redirecting_server() as (first, other):
        endpoint = ENDPOINT.model_copy(update={"url": first.url})
        with client_for(endpoint) as client:
            assert client.get(f"{first.url}/models").status_code == 307
            assert client.post(f"{first.url}/chat/completions", json={}).status_code == 307
        assert [headers["Authorization"] for headers in first.received] == ["Bearer the-key"] * 2
        assert other.received == []


@pytest.mark.parametrize(
    ("response", "message"),
    [
        (httpx.Response(500, json={"error": {"message": "it\nbroke"}}), "it broke"),
        (httpx.Response(401, json={"error": "Unauthorized"}), "Unauthorized"),
        (httpx.Response(400, json={"message": "no chat template"}), "no chat template"),
        (httpx.Response(502, text="x" * 400), "x" * 300),
    ],
)
def test_the_message_of_a_response(response: httpx.Response, message: str) -> None:
    assert message_of(response) == message


def test_the_class_of_errors() -> None:
    assert (error_class(managed=True), error_class(managed=False)) == (ServerStartError, EndpointError)

"""The identity of a server, and the errors for another model or no answer."""

from __future__ import annotations

import httpx
import pytest

from tasks.errors import EndpointError, InputError, ServerStartError
from tasks.probe.identity import ServerIdentity, server_identity
from tests.probe.talk import ENDPOINT, models, server

METRICS = "process_start_time_seconds 1.75e+09\nvllm:prompt_tokens_total 0.0\n"


def test_everything_that_a_server_reports() -> None:
    def with_key(request: httpx.Request) -> httpx.Response:
        return (
            models("tiny", "adapter")
            if request.headers["authorization"] == "Bearer the-key"
            else httpx.Response(401)
        )

    transport = server(
        v1_models=with_key,
        version=httpx.Response(200, json={"version": "0.32.0"}),
        metrics=httpx.Response(200, text=METRICS),
    )
    assert server_identity(ENDPOINT, transport=transport) == ServerIdentity(
        models=("tiny", "adapter"), version="0.32.0", started_at=1.75e9, has_metrics=True
    )


@pytest.mark.parametrize(
    "other", [httpx.Response(404), httpx.Response(200, text="<html>"), httpx.ReadError("x")]
)
def test_a_server_that_only_lists_its_models(other: httpx.Response | Exception) -> None:
    identity = server_identity(
        ENDPOINT, transport=server(v1_models=models("tiny"), version=other, metrics=other)
    )
    assert (identity.version, identity.started_at, identity.has_metrics) == (None, None, False)


def test_other_models_are_listed_nearest_first() -> None:
    transport = server(v1_models=models("llama", "gpt", "Tiny-2", "a", "b", "c", "d"))
    with pytest.raises(
        InputError, match=r"server\.model: .*'tiny'; it serves 'Tiny-2', .* and 2 more"
    ) as raised:
        server_identity(ENDPOINT, transport=transport)
    assert raised.value.remedy == "set server.model to 'Tiny-2'"


def test_a_server_without_a_model() -> None:
    with pytest.raises(InputError, match="it serves no model"):
        server_identity(ENDPOINT, transport=server(v1_models=models()))


def test_another_model_on_a_managed_server_is_a_start_error() -> None:
    with pytest.raises(ServerStartError, match="does not serve 'tiny'; it serves 'llama'"):
        server_identity(ENDPOINT, managed=True, transport=server(v1_models=models("llama")))


@pytest.mark.parametrize(
    ("answer", "what", "remedy"),
    [
        (
            httpx.ConnectError("refused"),
            "http://127.0.0.1:9/v1/models cannot be reached: refused",
            "start the server",
        ),
        (httpx.ReadTimeout("slow"), "did not answer within 10 s", "overloaded"),
        (
            httpx.Response(401, json={"error": "Unauthorized"}),
            "answered 401: Unauthorized",
            "server.api_key_env",
        ),
        (httpx.Response(403), "answered 403", "server.api_key_env"),
        (httpx.Response(404), "answered 404", "/v1"),
        (
            httpx.Response(307, headers={"Location": "https://elsewhere.example/v1/models"}),
            "answered 307: it redirects to https://elsewhere.example/v1/models",
            "server.url",
        ),
        (httpx.Response(500, json={"error": {"message": "it\nbroke"}}), "answered 500: it broke", "log"),
        (httpx.Response(200, text="<html>"), "does not list models", "/v1"),
        (httpx.Response(200, json={"data": [1]}), "does not list models", "/v1"),
    ],
)
def test_an_error_names_the_address_and_the_remedy(
    answer: httpx.Response | Exception, what: str, remedy: str
) -> None:
    with pytest.raises(EndpointError) as raised:
        server_identity(ENDPOINT, transport=server(v1_models=answer))
    assert what in raised.value.what
    assert remedy in raised.value.remedy
    assert "the-key" not in str(raised.value)

"""The identity of a server, and the errors for another model or no answer."""

from __future__ import annotations

import httpx
import pytest
from pydantic import SecretStr

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
        (
            httpx.Response(307, headers={"Location": "https://elsewhere.example/v1/models"}),
            "answered 307: it redirects to https://elsewhere.example/v1/models",
            "server.url",
        ),
        (httpx.Response(500, json={"error": {"message": "it\nbroke"}}), "answered 500: it broke", "log"),
        (httpx.Response(429), "answered 429", "wait"),
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


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (httpx.Response(404), "http://127.0.0.1:9/v1/models answered 404"),
        (httpx.Response(405), "answered 405"),
        (httpx.Response(501), "answered 501"),
        (httpx.Response(403), "answered 403"),  # a key that may ask the model, but not list it
        (httpx.Response(200, text="<html>"), "does not list models as the OpenAI API does"),
        (httpx.Response(200, json={"data": [1]}), "does not list models as the OpenAI API does"),
        (httpx.Response(200, json={"models": []}), "does not list models as the OpenAI API does"),
    ],
)
@pytest.mark.parametrize("managed", [False, True])
def test_a_server_without_a_list_of_models_passes_with_a_warning(
    answer: httpx.Response, reason: str, managed: bool
) -> None:
    identity = server_identity(ENDPOINT, managed=managed, transport=server(v1_models=answer))
    (warning,) = identity.warnings
    assert reason in warning
    assert "that the server has the model 'tiny' was not checked" in warning
    assert identity.models == ()


def test_a_bare_list_of_models_is_understood() -> None:
    answer = httpx.Response(200, json=[{"id": "tiny"}])
    identity = server_identity(ENDPOINT, transport=server(v1_models=answer))
    assert (identity.models, identity.warnings) == (("tiny",), ())


def test_without_a_key_403_asks_for_one() -> None:
    keyless = ENDPOINT.model_copy(update={"api_key": None})
    with pytest.raises(EndpointError) as raised:
        server_identity(keyless, transport=server(v1_models=httpx.Response(403)))
    assert "set server.api_key_env" in raised.value.remedy


def test_an_address_that_lacks_v1_is_wrong_input() -> None:
    short = ENDPOINT.model_copy(update={"url": "http://127.0.0.1:9"})
    with pytest.raises(InputError) as raised:
        server_identity(short, transport=server(v1_models=models("tiny")))
    assert raised.value.remedy == "set server.url to http://127.0.0.1:9/v1"
    assert server_identity(short, transport=server()).warnings  # nothing says that /v1 is missing


def test_the_query_is_kept_on_every_request_and_left_out_of_messages() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return models("tiny") if "models" in request.url.path else httpx.Response(404)

    endpoint = ENDPOINT.model_copy(update={"query": "api-version=2024-10-21&x=a%2Fb"})
    server_identity(endpoint, transport=httpx.MockTransport(answer))
    assert {url.partition("?")[0].rsplit("/", 1)[1] for url in asked} >= {"models", "metrics", "version"}
    assert all(url.endswith("?api-version=2024-10-21&x=a%2Fb") for url in asked)
    with pytest.raises(EndpointError) as raised:
        server_identity(endpoint, transport=server(v1_models=httpx.Response(500)))
    assert "api-version" not in str(raised.value)


def test_a_secret_that_a_server_repeats_is_masked() -> None:
    endpoint = ENDPOINT.model_copy(update={"own_headers": {"X-Team": SecretStr("team-secret")}})
    answer = httpx.Response(401, json={"error": "no the-key, no team-secret"})
    with pytest.raises(EndpointError, match=r"answered 401: no \*\*\*, no \*\*\*"):
        server_identity(endpoint, transport=server(v1_models=answer))

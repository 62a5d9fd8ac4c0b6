"""The addresses of an endpoint, and the model name that its responses carry."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from tasks.serve.endpoint import Conventions, Endpoint

ENDPOINT = Endpoint(url="http://127.0.0.1:9/v1", model="tiny", tokenizer="tiny", health="/ready")


def test_its_addresses() -> None:
    assert ENDPOINT.url_of("completions") == "http://127.0.0.1:9/v1/completions"
    assert ENDPOINT.url_of("chat") == "http://127.0.0.1:9/v1/chat/completions"
    assert ENDPOINT.root == "http://127.0.0.1:9"
    assert ENDPOINT.health_url == "http://127.0.0.1:9/ready"


@pytest.mark.parametrize(
    ("url", "is_local"),
    [("http://127.0.0.1:9/v1", True), ("http://[::1]:9/v1", True), ("https://api.example/v1", False)],
)
def test_whether_it_is_on_this_machine(url: str, is_local: bool) -> None:
    assert ENDPOINT.model_copy(update={"url": url}).is_local is is_local


def test_the_key_is_sent_where_there_is_one() -> None:
    assert ENDPOINT.headers == {}
    with_key = ENDPOINT.model_copy(update={"api_key": SecretStr("the-key")})
    assert with_key.headers == {"Authorization": "Bearer the-key"}
    assert "the-key" not in repr(with_key)


@pytest.mark.parametrize("model", [None, "", "tiny"])
def test_a_response_of_this_model_or_of_none(model: str | None) -> None:
    assert ENDPOINT.model_mismatch(model) is None


def test_a_response_of_another_model() -> None:
    assert ENDPOINT.model_mismatch("other") == "the answer is of model 'other', not 'tiny'"
    renamed = ENDPOINT.model_copy(update={"answers_as": "other"})
    assert renamed.model_mismatch("other") is None
    assert renamed.model_mismatch("tiny") == "the answer is of model 'tiny', not 'other'"


def test_its_addresses_keep_a_query() -> None:
    endpoint = ENDPOINT.model_copy(update={"url": "https://gw.example/llm/v1", "query": "api-version=1"})
    assert endpoint.url_of("chat") == "https://gw.example/llm/v1/chat/completions?api-version=1"
    assert endpoint.models_url == "https://gw.example/llm/v1/models?api-version=1"
    assert endpoint.health_url == "https://gw.example/llm/ready?api-version=1"
    assert endpoint.metrics_url == "https://gw.example/llm/metrics?api-version=1"


@pytest.mark.parametrize(
    ("url", "root"),
    [
        ("http://h/v1", "http://h"),
        ("http://h/api/v3", "http://h/api"),
        ("http://h/v1beta", "http://h"),
        ("http://h/openai/deployments/gpt", "http://h/openai/deployments/gpt"),
    ],
)
def test_the_root_is_the_address_without_a_version(url: str, root: str) -> None:
    endpoint = ENDPOINT.model_copy(update={"url": url})
    assert (endpoint.root, endpoint.ends_in_version) == (root, url != root)


def test_own_headers_are_sent_and_masked() -> None:
    secrets = {"X-Team": SecretStr("the-key-of-a-team"), "X-Region": SecretStr("eu")}
    endpoint = ENDPOINT.model_copy(update={"api_key": SecretStr("the-key"), "own_headers": secrets})
    assert endpoint.headers == {
        "Authorization": "Bearer the-key",
        "X-Team": "the-key-of-a-team",
        "X-Region": "eu",
    }
    assert endpoint.masked("the-key-of-a-team in europe, the-key") == "*** in europe, ***"
    assert "the-key" not in repr(endpoint)


def test_the_name_of_the_length_limit_is_that_of_the_kind() -> None:
    conventions = Conventions(max_completion_tokens=frozenset({"chat"}))
    endpoint = ENDPOINT.model_copy(update={"conventions": conventions})
    assert endpoint.max_tokens_field("chat") == "max_completion_tokens"
    assert endpoint.max_tokens_field("completions") == "max_tokens"

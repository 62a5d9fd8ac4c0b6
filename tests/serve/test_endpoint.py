"""The addresses of an endpoint, and the model name that its responses carry."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from tasks.serve.endpoint import Endpoint

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

"""The address of a server: what is refused, and how it is divided."""

from __future__ import annotations

import pytest
from pydantic_core import PydanticCustomError

from tasks.config.address import base_of, check_address, query_of, without_scheme


def test_an_address_is_divided_into_base_and_query() -> None:
    url = "https://h:8/llm/v1/?api-version=2024-10-21&x=a%2Fb"
    assert check_address(url) == url
    assert (base_of(url), query_of(url)) == ("https://h:8/llm/v1", "api-version=2024-10-21&x=a%2Fb")
    assert (base_of("http://h/v1/"), query_of("http://h/v1/")) == ("http://h/v1", "")


@pytest.mark.parametrize(
    ("url", "what"),
    [
        ("https://me:pw@h/v1", "holds credentials"),
        ("https://h/v1?api-key=pw", "holds a secret"),
        ("https://h/v1?x=1&Token=pw", "holds a secret"),
        ("https://h/v1#part", "fragment"),
        ("https://h/v1?a=b c", "space"),
        ("https://h/v1\nHost: x", "character"),
        ("https://h/\u00e4", "character"),
        ("http://::1:8000/v1", "is not a URL"),
        ("http://h:0/v1", "is not a URL"),
        ("http://h/v1/chat/completions", "cut the address after /v1: http://h/v1"),
        ("http://h/v1/completions/", "cut the address after /v1: http://h/v1"),
        ("http://h/v1/models?a=b", "cut the address after /v1: http://h/v1"),
    ],
)
def test_a_wrong_address_is_refused(url: str, what: str) -> None:
    with pytest.raises(PydanticCustomError) as caught:
        check_address(url)
    assert what in str(caught.value)
    assert "pw" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("127.0.0.1:8123/v1", "write it as http://127.0.0.1:8123/v1"),
        ("localhost", "write it as http://localhost"),
        ("me:pw@h/v1", "holds credentials"),
        ("h/v1?token=pw", "holds a secret"),
        ("h:8/v1/chat/completions", "cut the address after /v1: http://h:8/v1"),
        ("ftp://me:pw@h/v1", "http://HOST:PORT"),
        ("http:///v1", "http://HOST:PORT"),
        ("", "http://HOST:PORT"),
    ],
)
def test_an_address_without_its_scheme_is_given_one(text: str, what: str) -> None:
    message = str(without_scheme(text))
    assert what in message
    assert "pw" not in message

"""The address of a server: what is refused, and how it is divided."""

from __future__ import annotations

import pytest
from pydantic_core import PydanticCustomError

from tasks.config.address import base_of, check_address, query_of


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
    ],
)
def test_a_wrong_address_is_refused(url: str, what: str) -> None:
    with pytest.raises(PydanticCustomError) as caught:
        check_address(url)
    assert what in str(caught.value)
    assert "pw" not in str(caught.value)

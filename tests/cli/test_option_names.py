"""Errors of commands without a spec name options, not fields."""

from __future__ import annotations

import pytest

from cli.option_names import naming_options, with_options
from tasks.errors import EndpointError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("correct server.url", "correct --url"),
        ("server.model: no such model", "--model: no such model"),
        ("the key in server.api_key_env's variable", "the key in --api-key-env's variable"),
        ("name it in api_key_env", "name it in --api-key-env"),
        ("sweeps.1.input_tokens is 0", "--input is 0"),
        ("sweeps.0.load.2.requests is 0", "--requests is 0"),
        ("server.urls and my_api_key_env stay", "server.urls and my_api_key_env stay"),
    ],
)
def test_a_field_becomes_its_option(text: str, expected: str) -> None:
    assert with_options(text) == expected


def test_an_error_keeps_its_class_and_its_detail() -> None:
    with pytest.raises(EndpointError) as caught, naming_options():
        raise EndpointError("server.url: none there", "correct server.url", "log")
    assert str(caught.value) == "--url: none there\n  correct --url"
    assert caught.value.detail == "log"

"""`server.headers`: what is refused, and that a value is never repeated."""

from __future__ import annotations

import pytest

from tasks.config.server import EndpointServer
from tasks.config.spec_file import load_spec
from tasks.errors import InputError


def test_names_of_headers_and_variables_are_kept() -> None:
    server = EndpointServer(kind="endpoint", url="http://h/v1", model="m", headers={"X-Team": "TEAM"})
    assert server.headers == {"X-Team": "TEAM"}
    assert server.settings == '{"headers": ["x-team"]}'


@pytest.mark.parametrize(
    ("headers", "what", "remedy"),
    [
        ({"X Team": "TEAM"}, "'X Team' is no name of a header", "as in HTTP"),
        ({"Host": "HOST"}, "Host is set by the load generator itself", "remove it"),
        ({"content-length": "N"}, "content-length is set by", "remove it"),
        ({"X-Team": "A", "x-team": "B"}, "x-team is listed twice", "once"),
        (
            {"X-Team": "sk-123 secret"},
            "server.headers.X-Team: what it is set to is no name",
            "into a variable",
        ),
    ],
)
def test_wrong_headers_are_refused(headers: dict[str, str], what: str, remedy: str) -> None:
    with pytest.raises(InputError) as caught:
        load_spec("endpoint", [f"server.headers={headers}"])
    assert what in caught.value.what
    assert remedy in caught.value.remedy
    assert "secret" not in str(caught.value)


def test_a_key_and_an_authorization_exclude_each_other() -> None:
    changes = ["server.api_key_env=KEY", "server.headers={Authorization: TOKEN}"]
    with pytest.raises(InputError, match="Authorization is sent with the key"):
        load_spec("endpoint", changes)

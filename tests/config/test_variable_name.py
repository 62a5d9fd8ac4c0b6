"""Names of variables: what is refused, and that a pasted secret is never repeated."""

from __future__ import annotations

import pytest

from tasks.config.quick_spec import QuickChoice, quick_spec
from tasks.config.spec_file import load_spec
from tasks.errors import InputError

COMMAND = "{kind: command, engine: e, command: [serve, '{port}'], model: m, api_key_env: sk-123 secret}"


@pytest.mark.parametrize(
    ("override", "field"),
    [
        ("server.api_key_env=sk-123secret", "server.api_key_env"),
        ("server.api_key_env=[sk-123secret]", "server.api_key_env"),
        ("server.api_key_env=''", "server.api_key_env"),
        ("server.api_key_env=1secret", "server.api_key_env"),
        ("server.headers={X-Team: sk-123secret}", "server.headers.X-Team"),
        ("server.headers={X-Team: 12345}", "server.headers.X-Team"),
        ("accuracy=[{judge: {url: 'http://h', model: m, api_key_env: sk-1secret}}]", "accuracy.0.judge"),
        ("track.swanlab.api_key_env=sk-123secret", "track.swanlab.api_key_env"),
        (f"server={COMMAND}", "server.api_key_env"),
    ],
)
def test_what_is_no_name_is_refused_and_not_repeated(override: str, field: str) -> None:
    with pytest.raises(InputError) as caught:
        load_spec("endpoint", [override])
    assert f"{field}" in caught.value.what
    assert "no name of an environment variable" in caught.value.what
    assert "into a variable" in caught.value.remedy
    assert "secret" not in caught.value.what
    assert "12345" not in str(caught.value)


def test_an_option_is_refused_alike() -> None:
    choice = QuickChoice(url="http://h/v1", model="m", api_key_env="sk-123")
    with pytest.raises(InputError) as caught:
        quick_spec(choice)
    assert "sk-123" not in str(caught.value)


@pytest.mark.parametrize("name", ["KEY", "_key9"])
def test_names_are_kept(name: str) -> None:
    spec = load_spec("endpoint", [f"server.api_key_env={name}", f"server.headers={{X-Team: {name}}}"])
    assert spec.server.model_dump()["api_key_env"] == name
    assert spec.server.model_dump()["headers"] == {"X-Team": name}

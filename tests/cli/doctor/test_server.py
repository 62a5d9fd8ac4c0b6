"""`servegauge doctor --url`: what it prints, and its exit codes."""

from __future__ import annotations

import signal
from collections.abc import Callable

import pytest
from typer.testing import CliRunner

from cli.main import app
from stub.process import Stub

Start = Callable[..., Stub]
KEY = "sk-not-for-the-screen"


def doctor(*arguments: str) -> tuple[int, str]:
    """The command's exit code and everything it prints."""
    handler = signal.getsignal(signal.SIGINT)
    try:
        result = CliRunner().invoke(app, ["doctor", *arguments])
    finally:
        signal.signal(
            signal.SIGINT, handler
        )  # a command that ends with a message ignores Ctrl-C from then on
    return result.exit_code, result.output


@pytest.mark.parametrize("option", ["--api-key-env", "--key-env"])
def test_a_server_is_described_with_the_spec_lines_to_use(
    stub: Start, monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    server = stub(ttft=0.02, itl=0.005, prompt_tokens=9, api_key=KEY)
    monkeypatch.setenv("MY_KEY", KEY)
    code, output = doctor("--url", server.url, option, "MY_KEY")
    assert code == 0, output
    assert "ok       chat          streams: " in output
    assert f"server: {{kind: endpoint, url: '{server.url}', model: stub, api_key_env: MY_KEY}}" in output
    assert KEY not in output


def test_a_server_that_cannot_be_measured_is_exit_code_1(stub: Start) -> None:
    code, output = doctor("--url", "http://127.0.0.1:9/v1")
    assert code == 1
    assert output.startswith("broken   server")
    code, output = doctor("--url", stub(api_key=KEY).url)
    assert code == 1
    assert "answered 401" in output
    assert "-> set --api-key-env to the name of the variable" in output


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--url", "localhost:8000"], "--url: localhost:8000 does not begin with http:// or https://"),
        (["--url", "localhost:8000"], "write it as http://localhost:8000"),
        (["--url", "http://h/v1/chat/completions"], "cut the address after /v1: http://h/v1"),
        (["--url", "http://h/v1", "--api-key-env", "sk-pw"], "--api-key-env: what it is set to is no name"),
        (["--url", "http://me:pw@h/v1"], "the URL holds credentials"),
        (["--url", "http://127.0.0.1:9/v1", "--key-env", "NOT_SET_4711"], "NOT_SET_4711, which is not set"),
        (["--model", "m"], "give its address with --url"),
    ],
)
def test_wrong_input_is_exit_code_2(arguments: list[str], expected: str) -> None:
    code, output = doctor(*arguments)
    assert code == 2
    assert expected in output
    assert "pw" not in output.replace("127.0.0.1", "")


def test_another_model_is_exit_code_2(stub: Start) -> None:
    code, output = doctor("--url", stub().url, "--model", "stubb")
    assert code == 2
    assert "set --model to 'stub'" in output

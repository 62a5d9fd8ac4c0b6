"""EvalScope's sandbox: what is missing for it is said before anything is asked."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest

from tasks.errors import InputError
from tasks.measure import sandbox
from tasks.measure.sandbox import check_sandbox


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The packages of the sandbox are installed."""
    monkeypatch.setattr(sandbox, "PACKAGES", ("json",))
    return monkeypatch


def test_a_missing_package_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "PACKAGES", ("json", "no_such_package"))
    with pytest.raises(InputError, match="humaneval needs EvalScope's sandbox, which is not installed"):
        check_sandbox("humaneval")


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("unix:///nowhere/docker.sock", "No such file"),
        ("tcp://127.0.0.1:9", "refused"),
        ("/var/run/docker.sock", "no address such as"),
    ],
)
def test_docker_that_does_not_answer_is_refused(
    address: str, reason: str, installed: pytest.MonkeyPatch
) -> None:
    installed.setenv("DOCKER_HOST", address)
    with pytest.raises(InputError, match=f"does not answer at {re.escape(address)}: .*{reason}"):
        check_sandbox("humaneval")


def test_docker_that_answers_is_enough(tmp_path: Path, installed: pytest.MonkeyPatch) -> None:
    path = tmp_path / "docker.sock"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()
        installed.setenv("DOCKER_HOST", f"unix://{path}")
        check_sandbox("humaneval")

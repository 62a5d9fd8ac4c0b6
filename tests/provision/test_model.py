"""What a model is and where it comes from."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from tasks.config.server import VllmServer
from tasks.errors import InputError, ProvisionError
from tasks.provision.hub import Hub
from tasks.provision.hub_huggingface import huggingface
from tasks.provision.model import model_identity, provide_model
from tasks.provision.model_digest import EDGE_BYTES, folder_digest
from tasks.provision.provisioned import EngineBuild, Environment

BUILD = EngineBuild(name="e", engine="vllm", version="1", digest="0")
HERE = Environment(python=Path(sys.executable), build=BUILD)


def silent_hub(cached: str | None) -> Hub:
    def out_of_reach(repository: str, revision: str | None) -> str:
        raise ProvisionError(f"model {repository}: out of reach", "wait")

    return Hub("fake", out_of_reach, lambda *_: cached, lambda *_: "/cache/snapshot")


def model_folder(folder: Path) -> Path:
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    with (folder / "model.safetensors").open("wb") as file:
        file.truncate(4 * EDGE_BYTES)
    return folder


def test_a_folder_changes_with_its_content(tmp_path: Path) -> None:
    folder = model_folder(tmp_path / "m")
    seen = [model_identity(VllmServer(model=str(folder))).revision]
    weights = folder / "model.safetensors"

    def changed() -> bool:
        seen.append(folder_digest(folder))
        return seen[-1] != seen[-2]

    (folder / "config.json").write_text('{"a": 1}')
    assert changed()
    for offset in (0, 4 * EDGE_BYTES - 1):
        with weights.open("r+b") as file:
            file.seek(offset)
            file.write(b"x")
        assert changed()
    (folder / "tokenizer.json").write_text("{}")
    assert changed()
    (folder / "tokenizer.json").rename(folder / "vocab.json")
    assert changed()
    (folder / ".cache").mkdir()
    (folder / ".cache" / "note").touch()
    assert not changed()


def test_a_folder_is_served_as_it_is_and_offline(tmp_path: Path) -> None:
    folder = model_folder(tmp_path / "my-model")
    model = provide_model(VllmServer(model=str(folder), tokenizer="org/tokenizer"), HERE)
    assert (model.weights, model.tokenizer) == (str(folder), "org/tokenizer")
    assert model.identity.name == "my-model"
    assert model.env["HF_HUB_OFFLINE"] == "1"


def test_a_folder_without_config_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no config\.json"):
        model_identity(VllmServer(model=str(tmp_path)))
    with pytest.raises(InputError, match=r"no config\.json"):
        model_identity(VllmServer(model=str(tmp_path / "gone")))


def test_a_hub_model_is_pinned_to_what_the_hub_says() -> None:
    asked: list[tuple[str, str]] = []

    def fetch(repository: str, revision: str) -> str:
        asked.append((repository, revision))
        return "/cache/snapshot"

    hub = Hub("fake", lambda _, revision: f"commit-of-{revision}", lambda *_: None, fetch)
    model = provide_model(VllmServer(model="org/name", revision="v1"), HERE, hub)
    assert asked == [("org/name", "commit-of-v1")]
    assert (model.weights, model.identity.revision) == ("/cache/snapshot", "commit-of-v1")


def test_a_silent_hub_leaves_what_is_cached() -> None:
    server = VllmServer(model="org/name")
    assert model_identity(server, silent_hub("abc")).revision == "abc"
    with pytest.raises(ProvisionError, match="out of reach"):
        model_identity(server, silent_hub(None))


def test_the_hugging_face_cache_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    cache = tmp_path / "models--org--name"
    for age, name in enumerate(("new", "old")):
        (cache / "snapshots" / name).mkdir(parents=True)
        os.utime(cache / "snapshots" / name, (1000 - age, 1000 - age))
    hub = huggingface()
    assert hub.cached("org/name", None) == "new"
    assert hub.cached("org/name", "v1") is None
    (cache / "refs").mkdir()
    (cache / "refs" / "v1").write_text("old")
    assert hub.cached("org/name", "v1") == "old"
    assert hub.resolve("org/name", "a" * 40) == "a" * 40


def test_an_impossible_repository_name_is_input() -> None:
    with pytest.raises(InputError, match="no such model"):
        huggingface().resolve("no/such/name/at/all", None)


def test_a_synthetic_model_that_does_not_exist_names_the_nearest() -> None:
    with pytest.raises(InputError) as caught:
        model_identity(VllmServer(model="synthetic:gptoss"))
    assert "did you mean synthetic:gpt-oss?" in caught.value.remedy


def test_a_recipe_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERVEGAUGE_HOME", str(tmp_path))
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho 'ImportError: openai_harmony' >&2\nexit 1\n")
    python.chmod(0o755)
    with pytest.raises(ProvisionError) as caught:
        provide_model(VllmServer(model="synthetic:gpt-oss"), Environment(python=python, build=BUILD))
    assert "ImportError" in caught.value.detail
    assert not [path for path in (tmp_path / "models").iterdir() if path.is_dir()]


def test_a_synthetic_model_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERVEGAUGE_HOME", str(tmp_path))
    python = tmp_path / "python"
    python.write_text(
        f'#!/bin/sh\necho made >> {tmp_path}/calls\nmkdir "$3"\necho "{{}}" > "$3/config.json"\n'
    )
    python.chmod(0o755)
    server, environment = VllmServer(model="synthetic:gpt-oss"), Environment(python=python, build=BUILD)
    first, second = (provide_model(server, environment) for _ in range(2))
    assert first == second
    assert (tmp_path / "calls").read_text() == "made\n"
    assert first.tokenizer == first.weights
    assert json.loads((Path(first.weights) / "config.json").read_text()) == {}

"""The licence that a model's README states."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasks.config.server import VllmServer
from tasks.provision import hub_modelscope
from tasks.provision.license import license_of
from tasks.provision.model import model_identity


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("---\nlicense: apache-2.0\ntags: [x]\n---\n# A model\n", "apache-2.0"),
        ("---\nlicense: other\nlicense_name: llama3.1\n---\n", "llama3.1"),
        ("---\nlicense: other\n---\n", "other"),
        ("---\nlicense: [mit, bsd]\n---\n", "mit"),
        ("---\ntags: [x]\n---\n", None),
        ("---\nlicense: [\n---\n", None),
        ("---\nlicense: mit\n", None),
        ("# A model\n\nlicense: mit\n", None),
    ],
)
def test_front_matter(tmp_path: Path, text: str, expected: str | None) -> None:
    (tmp_path / "README.md").write_text(text)
    assert license_of(tmp_path) == expected


def test_a_folder_without_a_readme_states_none(tmp_path: Path) -> None:
    assert license_of(tmp_path) is None
    (tmp_path / "config.json").write_text("{}")
    assert model_identity(VllmServer(model=str(tmp_path))).license is None
    (tmp_path / "README.md").write_text("---\nlicense: mit\n---\n")
    assert model_identity(VllmServer(model=str(tmp_path))).license == "mit"
    assert model_identity(VllmServer(model="synthetic:gpt-oss")).license is None


def test_modelscope_tells_it_or_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    from modelscope_hub.errors import NetworkError
    from modelscope_hub.types import RepoInfo

    def silent(*_: object) -> None:
        raise NetworkError("no")

    hub = hub_modelscope.modelscope()
    monkeypatch.setattr(
        "modelscope_hub.api.HubApi.get_repo", lambda *_: RepoInfo(license="Apache License 2.0")
    )
    assert hub.license("org/name", "master@1") == "Apache License 2.0"
    monkeypatch.setattr("modelscope_hub.api.HubApi.get_repo", silent)
    assert hub.license("org/name", "master@1") is None


def test_modelscope_counts_what_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from modelscope_hub.types import FileInfo

    monkeypatch.setenv("MODELSCOPE_CACHE", str(tmp_path))
    files = [FileInfo(path="model.safetensors", size=100), FileInfo(path="model.gguf", size=1000)]
    monkeypatch.setattr("modelscope_hub.api.HubApi.list_repo_files", lambda *_, **__: files)
    hub = hub_modelscope.modelscope()
    assert hub.missing("org/name", "master@1") == 100
    assert (hub.cache, hub.cache_variable) == (tmp_path, "MODELSCOPE_CACHE")

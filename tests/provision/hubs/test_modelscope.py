"""ModelScope: revisions of a branch, missing bytes, licences, and its client's errors."""

from __future__ import annotations

from pathlib import Path

import pytest
from modelscope_hub import errors
from modelscope_hub.types import FileInfo, RepoInfo

from tasks.errors import InputError, ProvisionError, ServegaugeError
from tasks.provision.hubs.modelscope import ModelScope
from tests.provision.hubs.failing import failing

LIST_FILES = "modelscope_hub.api.HubApi.list_repo_files"
GET_REPOSITORY = "modelscope_hub.api.HubApi.get_repo"


@pytest.mark.parametrize(
    ("client_error", "error", "message"),
    [
        (errors.PermissionDeniedError("no"), InputError, "MODELSCOPE_API_TOKEN"),
        (errors.NotExistError("no"), InputError, "no such model"),
        (errors.ServerError("no"), ProvisionError, "cannot be reached"),
    ],
)
def test_the_clients_errors_are_translated(
    client_error: Exception,
    error: type[ServegaugeError],
    message: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(LIST_FILES, failing(client_error))
    with pytest.raises(error) as caught:
        ModelScope().resolve("org/name", None)
    assert message in str(caught.value)


def test_a_revision_changes_with_every_file_of_the_branch(monkeypatch: pytest.MonkeyPatch) -> None:
    files = [FileInfo(path="config.json", size=2, sha256="a"), FileInfo(path="model.bin", size=9, sha256="b")]
    monkeypatch.setattr(LIST_FILES, lambda *_, **__: files)
    hub = ModelScope()
    first = hub.resolve("org/name", None)
    assert first == "master@81db234096672065"  # part of cache keys: must not change
    files.reverse()
    assert hub.resolve("org/name", None) == first
    files[0] = FileInfo(path="model.bin", size=9, sha256="c")
    assert hub.resolve("org/name", None) != first


def test_an_empty_cache_has_no_revision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODELSCOPE_CACHE", str(tmp_path))
    assert ModelScope().cached("org/name", None) is None


def test_the_license_is_none_if_the_hub_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    hub = ModelScope()
    monkeypatch.setattr(GET_REPOSITORY, lambda *_: RepoInfo(license="Apache License 2.0"))
    assert hub.license("org/name", "master@1") == "Apache License 2.0"
    monkeypatch.setattr(GET_REPOSITORY, failing(errors.NetworkError("no")))
    assert hub.license("org/name", "master@1") is None


def test_missing_bytes_are_those_of_files_that_vllm_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODELSCOPE_CACHE", str(tmp_path))
    files = [FileInfo(path="model.safetensors", size=100), FileInfo(path="model.gguf", size=1000)]
    monkeypatch.setattr(LIST_FILES, lambda *_, **__: files)
    hub = ModelScope()
    assert hub.missing("org/name", "master@1") == 100
    assert (hub.cache, hub.site.cache_variable) == (tmp_path, "MODELSCOPE_CACHE")

"""What a hub's errors become."""

from __future__ import annotations

import errno
from collections.abc import Callable

import httpx
import pytest
from huggingface_hub import errors as hf
from modelscope_hub import errors as ms

from tasks.errors import InputError, ProvisionError, ServegaugeError
from tasks.provision import hub_huggingface, hub_modelscope

RESPONSE = httpx.Response(403, request=httpx.Request("GET", "https://hub.example/org/name"))


def answering(error: Exception) -> Callable[..., None]:
    def call(*_: object, **__: object) -> None:
        raise error

    return call


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        (hf.GatedRepoError("gated", response=RESPONSE), InputError, "set HF_TOKEN to a token that may read"),
        (hf.RepositoryNotFoundError("gone", response=RESPONSE), InputError, "no such model"),
        (hf.RevisionNotFoundError("gone", response=RESPONSE), InputError, "no such revision"),
        (hf.OfflineModeIsEnabled("offline"), ProvisionError, "cannot be reached"),
        (httpx.ConnectTimeout("slow"), ProvisionError, "cannot be reached"),
        (
            hf.HfHubHTTPError("down", response=httpx.Response(503, request=RESPONSE.request)),
            ProvisionError,
            "cannot be reached",
        ),
        (
            hf.HfHubHTTPError("bad token", response=httpx.Response(401, request=RESPONSE.request)),
            InputError,
            "set HF_TOKEN to a token",
        ),
        (PermissionError(errno.EACCES, "no", "/cache"), InputError, "set HF_HOME to a folder of yours"),
        (OSError(errno.ENOSPC, "full"), ProvisionError, "cache is full"),
    ],
)
def test_hugging_face(
    error: Exception, kind: type[ServegaugeError], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.snapshot_download", answering(error))
    with pytest.raises(kind) as caught:
        hub_huggingface.huggingface().fetch("org/name", "main")
    assert said in str(caught.value)
    assert "org/name" in caught.value.what


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        (ms.PermissionDeniedError("no"), InputError, "MODELSCOPE_API_TOKEN"),
        (ms.NotExistError("no"), InputError, "no such model"),
        (ms.ServerError("no"), ProvisionError, "cannot be reached"),
    ],
)
def test_modelscope(
    error: Exception, kind: type[ServegaugeError], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("modelscope_hub.api.HubApi.list_repo_files", answering(error))
    with pytest.raises(kind) as caught:
        hub_modelscope.modelscope().resolve("org/name", None)
    assert said in str(caught.value)


def test_modelscope_tells_the_states_of_a_branch_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    from modelscope_hub.types import FileInfo

    files = [FileInfo(path="config.json", size=2, sha256="a"), FileInfo(path="model.bin", size=9, sha256="b")]
    monkeypatch.setattr("modelscope_hub.api.HubApi.list_repo_files", lambda *_, **__: files)
    hub = hub_modelscope.modelscope()
    first = hub.resolve("org/name", None)
    files.reverse()
    assert hub.resolve("org/name", None) == first
    files[0] = FileInfo(path="model.bin", size=9, sha256="c")
    assert hub.resolve("org/name", None) != first
    assert first.startswith("master@")


def test_modelscope_without_a_cache_has_nothing_cached(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MODELSCOPE_CACHE", str(tmp_path))
    assert hub_modelscope.modelscope().cached("org/name", None) is None

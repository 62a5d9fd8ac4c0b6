"""Hugging Face: revisions, downloads from a server that speaks its API, and its client's errors."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from huggingface_hub import errors

from tasks.config.home import checkout
from tasks.errors import InputError, ProvisionError, ServegaugeError
from tasks.provision.hubs.huggingface import HuggingFace
from tests.provision.hubs.failing import failing
from tests.provision.hubs.fake_hub import REPOSITORY, SHA, FakeHub, serve_fake_hub

CHECKOUT = checkout()
FETCH = """
import json, sys
from pathlib import Path
from tasks.config.server import VllmServer
from tasks.errors import ServegaugeError
from tasks.provision.model import model_identity, prefetch_model
from tasks.provision.hubs.huggingface import HuggingFace

server = VllmServer.model_validate_json(sys.argv[1])
try:
    identity = model_identity(server)
    missing = HuggingFace().missing(server.model, identity.revision)
    prefetch_model(server)
    folder = HuggingFace().fetch(server.model, identity.revision)
    sizes = {path.name: path.stat().st_size for path in Path(folder).iterdir()}
    print(json.dumps([identity.model_dump(), missing, sizes]))
except ServegaugeError as error:
    sys.exit(f"{type(error).__name__}: {error}")
"""
FILES = {"config.json": b"{}", "model.safetensors": b"w" * 3_000_000, "model.gguf": b"g" * 5_000_000}
FORBIDDEN = httpx.Response(403, request=httpx.Request("GET", "https://hub.example/org/name"))
UNAUTHORIZED = httpx.Response(401, request=FORBIDDEN.request)
UNAVAILABLE = httpx.Response(503, request=FORBIDDEN.request)


def fetch(tmp_path: Path, url: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Download in a process of its own, because the hub's client reads its variables once."""
    server = json.dumps({"model": REPOSITORY, "revision": "v1"})
    env = {
        **os.environ,
        "HF_ENDPOINT": url,
        "HF_HOME": str(tmp_path / "hf"),
        "HF_HUB_OFFLINE": "0",
        "HF_HUB_DISABLE_XET": "1",
        "PYTHONPATH": str(CHECKOUT),
        "NO_PROXY": "127.0.0.1",
        **variables,
    }
    argv = (sys.executable, "-c", FETCH, server)
    return subprocess.run(argv, env=env, capture_output=True, text=True, timeout=120)


def test_a_model_is_pinned_and_downloaded_once_without_files_that_vllm_ignores(tmp_path: Path) -> None:
    card = {"license": "apache-2.0"}
    with serve_fake_hub(FakeHub(dict(FILES), card, token="t0ken")) as hub:
        first = fetch(tmp_path, hub.url, HF_TOKEN="t0ken")
        assert first.returncode == 0, first.stderr
        identity, missing, sizes = json.loads(first.stdout.splitlines()[-1])
        assert identity == {"name": REPOSITORY, "revision": SHA, "license": "apache-2.0"}
        assert missing == 3_000_002
        assert sizes == {"config.json": 2, "model.safetensors": 3_000_000}
        assert hub.downloads("model.safetensors") == [0]
        assert hub.downloads("model.gguf") == []
        downloaded = [request.path for request in hub.requests if "resolve" in request.path]
        assert all(SHA in path for path in downloaded)
        second = json.loads(fetch(tmp_path, hub.url, HF_TOKEN="t0ken").stdout.splitlines()[-1])
        assert second[1] == 0
        assert hub.downloads("model.safetensors") == [0]
        assert "t0ken" not in first.stdout + first.stderr


def test_a_download_that_was_cut_off_is_continued(tmp_path: Path) -> None:
    files = {"config.json": b"{}", "model.safetensors": b"w" * 30_000_000}
    with serve_fake_hub(FakeHub(files, cut_after={"model.safetensors": 20_000_000})) as hub:
        result = fetch(tmp_path, hub.url)
        assert result.returncode == 0, result.stderr
        first, *later = hub.downloads("model.safetensors")
        assert first == 0
        assert later
        assert all(start >= 10_000_000 for start in later), later


def test_a_gated_model_names_the_token_variable(tmp_path: Path) -> None:
    with serve_fake_hub(FakeHub(dict(FILES), token="t0ken")) as hub:
        result = fetch(tmp_path, hub.url, HF_TOKEN="wrong")
    assert result.returncode == 1
    assert "InputError" in result.stderr
    assert "set HF_TOKEN to a token that may read it" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_hub_that_cannot_be_reached_names_the_mirror_variable(tmp_path: Path) -> None:
    result = fetch(tmp_path, "http://127.0.0.1:9")
    assert result.returncode == 1
    assert "Hugging Face cannot be reached" in result.stderr
    assert "set HF_ENDPOINT to a mirror's address" in result.stderr


@pytest.mark.parametrize(
    ("free_bytes", "message"), [(1_000_000, "0.0 GB free, 0.003 GB are needed"), (10**10, "")]
)
def test_a_download_needs_free_space(tmp_path: Path, free_bytes: int, message: str) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(
        "import shutil\n"
        "from types import SimpleNamespace\n"
        f"shutil.disk_usage = lambda folder: SimpleNamespace(free={free_bytes})\n"
    )
    with serve_fake_hub(FakeHub(dict(FILES))) as hub:
        result = fetch(tmp_path, hub.url, PYTHONPATH=f"{site}:{CHECKOUT}")
        assert message in result.stderr
        assert bool(result.returncode) == bool(message)
        if message:
            assert "NoSpace" in result.stderr
            assert "set HF_HOME to a folder on a larger disk" in result.stderr
            assert hub.downloads("model.safetensors") == []


def test_the_newest_cached_revision_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    folder = tmp_path / "models--org--name"
    for age, name in enumerate(("new", "old")):
        (folder / "snapshots" / name).mkdir(parents=True)
        os.utime(folder / "snapshots" / name, (1000 - age, 1000 - age))
    hub = HuggingFace()
    assert hub.cached("org/name", None) == "new"
    assert hub.cached("org/name", "v1") is None
    (folder / "refs").mkdir()
    (folder / "refs" / "v1").write_text("old")
    assert hub.cached("org/name", "v1") == "old"


def test_a_commit_is_resolved_without_a_request() -> None:
    assert HuggingFace().resolve("org/name", "a" * 40) == "a" * 40


def test_an_impossible_repository_name_is_refused() -> None:
    with pytest.raises(InputError, match="no such model"):
        HuggingFace().resolve("no/such/name/at/all", None)


@pytest.mark.parametrize(
    ("client_error", "error", "message"),
    [
        (
            errors.GatedRepoError("gated", response=FORBIDDEN),
            InputError,
            "set HF_TOKEN to a token that may read",
        ),
        (errors.RepositoryNotFoundError("gone", response=FORBIDDEN), InputError, "no such model"),
        (errors.RevisionNotFoundError("gone", response=FORBIDDEN), InputError, "no such revision"),
        (errors.OfflineModeIsEnabled("offline"), ProvisionError, "cannot be reached"),
        (httpx.ConnectTimeout("slow"), ProvisionError, "cannot be reached"),
        (errors.HfHubHTTPError("down", response=UNAVAILABLE), ProvisionError, "cannot be reached"),
        (errors.HfHubHTTPError("bad token", response=UNAUTHORIZED), InputError, "set HF_TOKEN to a token"),
        (
            PermissionError(errno.EACCES, "no", "/cache"),
            InputError,
            "set HF_HOME to a folder that you can write",
        ),
        (OSError(errno.ENOSPC, "full"), ProvisionError, "cache is full"),
    ],
)
def test_the_clients_errors_are_translated(
    client_error: Exception,
    error: type[ServegaugeError],
    message: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("huggingface_hub.snapshot_download", failing(client_error))
    with pytest.raises(error) as caught:
        HuggingFace().fetch("org/name", "main")
    assert message in str(caught.value)
    assert "org/name" in caught.value.what

"""Fetching a model from a hub that answers: the room for it, its pin, its token, its licence, its rest."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tasks.config.home import checkout
from tests.provision.fake_hub import REPOSITORY, SHA, FakeHub, fake_hub

ROOT = checkout()
FETCH = """
import json, sys
from pathlib import Path
from tasks.config.server import VllmServer
from tasks.errors import ServegaugeError
from tasks.provision import disk_space
from tasks.provision.model import model_identity, prefetch_model
from tasks.provision.hub_huggingface import huggingface

server = VllmServer.model_validate_json(sys.argv[1])
try:
    identity = model_identity(server)
    missing = huggingface().missing(server.model, identity.revision)
    prefetch_model(server)
    folder = huggingface().fetch(server.model, identity.revision)
    sizes = {path.name: path.stat().st_size for path in Path(folder).iterdir()}
    print(json.dumps([identity.model_dump(), missing, sizes]))
except ServegaugeError as error:
    sys.exit(f"{type(error).__name__}: {error}")
"""
FILES = {"config.json": b"{}", "model.safetensors": b"w" * 3_000_000, "model.gguf": b"g" * 5_000_000}


def fetch(tmp_path: Path, url: str, **more: str) -> subprocess.CompletedProcess[str]:
    """A process of its own: the hub's client reads its variables once."""
    server = json.dumps({"model": REPOSITORY, "revision": "v1"})
    env = {
        **os.environ,
        "HF_ENDPOINT": url,
        "HF_HOME": str(tmp_path / "hf"),
        "HF_HUB_OFFLINE": "0",
        "HF_HUB_DISABLE_XET": "1",
        "PYTHONPATH": str(ROOT),
        "NO_PROXY": "127.0.0.1",
        **more,
    }
    argv = (sys.executable, "-c", FETCH, server)
    return subprocess.run(argv, env=env, capture_output=True, text=True, timeout=120)


def test_it_is_pinned_counted_and_fetched_without_what_is_not_read(tmp_path: Path) -> None:
    card = {"license": "apache-2.0"}
    with fake_hub(FakeHub(dict(FILES), card, token="t0ken")) as hub:
        answer = fetch(tmp_path, hub.url, HF_TOKEN="t0ken")
        assert answer.returncode == 0, answer.stderr
        identity, missing, sizes = json.loads(answer.stdout.splitlines()[-1])
        assert identity == {"name": REPOSITORY, "revision": SHA, "license": "apache-2.0"}
        assert missing == 3_000_002
        assert sizes == {"config.json": 2, "model.safetensors": 3_000_000}
        assert hub.gets("model.safetensors") == [0]
        assert hub.gets("model.gguf") == []
        assert {path for _, path, *_ in hub.asked if "resolve" in path and SHA not in path} == set()
        again = json.loads(fetch(tmp_path, hub.url, HF_TOKEN="t0ken").stdout.splitlines()[-1])
        assert again[1] == 0
        assert hub.gets("model.safetensors") == [0]
        assert "t0ken" not in answer.stdout + answer.stderr


def test_what_was_cut_off_is_gone_on_with(tmp_path: Path) -> None:
    files = {"config.json": b"{}", "model.safetensors": b"w" * 30_000_000}
    with fake_hub(FakeHub(files, cuts={"model.safetensors": 20_000_000})) as hub:
        answer = fetch(tmp_path, hub.url)
        assert answer.returncode == 0, answer.stderr
        first, *rest = hub.gets("model.safetensors")
        assert first == 0
        assert rest
        assert all(start >= 10_000_000 for start in rest), rest


def test_a_gated_one_says_how_to_be_let_in(tmp_path: Path) -> None:
    with fake_hub(FakeHub(dict(FILES), token="t0ken")) as hub:
        answer = fetch(tmp_path, hub.url, HF_TOKEN="wrong")
    assert answer.returncode == 1
    assert "InputError" in answer.stderr
    assert "set HF_TOKEN to a token that may read it" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_hub_out_of_reach_is_answered_with_a_mirror(tmp_path: Path) -> None:
    answer = fetch(tmp_path, "http://127.0.0.1:9")
    assert answer.returncode == 1
    assert "Hugging Face cannot be reached" in answer.stderr
    assert "set HF_ENDPOINT to a mirror's address" in answer.stderr


@pytest.mark.parametrize(("have", "says"), [(1_000_000, "0.0 GB free, 0.003 GB are needed"), (10**10, "")])
def test_there_must_be_room_for_it(tmp_path: Path, have: int, says: str) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(
        "import shutil\n"
        "from types import SimpleNamespace\n"
        f"shutil.disk_usage = lambda folder: SimpleNamespace(free={have})\n"
    )
    with fake_hub(FakeHub(dict(FILES))) as hub:
        answer = fetch(tmp_path, hub.url, PYTHONPATH=f"{site}:{ROOT}")
        assert says in answer.stderr
        assert bool(answer.returncode) == bool(says)
        if says:
            assert "NoSpace" in answer.stderr
            assert "set HF_HOME to a folder on a larger disk" in answer.stderr
            assert hub.gets("model.safetensors") == []

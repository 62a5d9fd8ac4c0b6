"""Relative paths in a spec."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tasks.config.spec_file import load_spec
from tasks.config.spec_paths import make_paths_absolute
from tasks.errors import InputError


def test_paths_are_relative_to_the_file_and_in_overrides_to_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, work = tmp_path / "specs", tmp_path / "work"
    folder.mkdir()
    work.mkdir()
    (folder / "mine.yaml").write_text(
        "name: mine\nserver: {kind: endpoint, url: 'http://127.0.0.1:1/v1', model: m}\n"
        "sweeps: [{name: a, dataset: q.jsonl, load: [{concurrency: 1, requests: 1}]}]\n"
        "accuracy: [{path: questions}]\n"
    )
    monkeypatch.chdir(work)
    spec = load_spec(str(folder / "mine.yaml"), ["server.tokenizer=./tok"])
    assert spec.sweeps[0].dataset == str(folder / "q.jsonl")
    assert spec.accuracy[0].path == str(folder / "questions")
    assert spec.server.tokenizer == str(work / "tok")


def test_hub_ids_and_wrong_values_stay_as_they_are(tmp_path: Path) -> None:
    fields: dict[str, Any] = {
        "environment": 7,
        "server": {"model": "org/name", "tokenizer": "./tok", "command": ["python", "./serve"]},
        "sweeps": ["wrong", {"dataset": "random"}],
        "accuracy": {"path": "wrong"},
    }
    make_paths_absolute(fields, tmp_path)
    assert fields == {
        "environment": 7,
        "server": {"model": "org/name", "tokenizer": f"{tmp_path}/tok", "command": ["python", "./serve"]},
        "sweeps": ["wrong", {"dataset": "random"}],
        "accuracy": {"path": "wrong"},
    }


def test_a_file_of_weights_is_a_path(tmp_path: Path) -> None:
    fields: dict[str, Any] = {"server": {"model": "model.gguf", "command": ["../serve"]}}
    make_paths_absolute(fields, tmp_path)
    assert fields["server"] == {"model": f"{tmp_path}/model.gguf", "command": [f"{tmp_path}/../serve"]}


def test_the_model_of_an_endpoint_is_a_name(tmp_path: Path) -> None:
    fields: dict[str, Any] = {"server": {"kind": "endpoint", "model": "model.gguf", "tokenizer": "./tok"}}
    make_paths_absolute(fields, tmp_path)
    assert fields["server"] == {"kind": "endpoint", "model": "model.gguf", "tokenizer": f"{tmp_path}/tok"}


def test_a_home_of_nobody_is_an_error() -> None:
    with pytest.raises(InputError, match="~nobody-of-that-name/model"):
        load_spec("smoke", ["server.model=~nobody-of-that-name/model"])

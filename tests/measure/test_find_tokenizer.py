"""A tokenizer that cannot be loaded is refused before any load."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tasks.config.sweep import Sweep
from tasks.errors import InputError
from tasks.measure.find_tokenizer import check_tokenizer, check_tokenizer_folder


def sweep(**fields: Any) -> Sweep:
    """A sweep of random prompts, but for these fields."""
    load = [{"concurrency": 1, "requests": 1}]
    return Sweep.model_validate({"name": "speed", "load": load, **fields})


@pytest.mark.parametrize("path", ["/nosuch/tok", "./nosuch", "../nosuch/tok", "~/nosuch-tok"])
def test_a_path_must_be_a_folder(path: str) -> None:
    with pytest.raises(InputError) as caught:
        check_tokenizer_folder(path)
    assert caught.value.what == f"server.tokenizer: no folder {path}"
    assert caught.value.remedy == "give a folder or the name of a repository"


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    file = tmp_path / "tokenizer.json"
    file.write_text("{}")
    with pytest.raises(InputError, match=r"no folder .*tokenizer\.json"):
        check_tokenizer_folder(str(file))
    check_tokenizer_folder(str(tmp_path))


@pytest.mark.parametrize("name", [None, "org/model"])
def test_a_repository_is_no_path(name: str | None) -> None:
    check_tokenizer_folder(name)


@pytest.mark.parametrize("name", ["stub", "/models/llama", "a/b/c"])
def test_an_alias_is_no_tokenizer(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError) as caught:
        check_tokenizer(name, [sweep(dataset="openqa"), sweep()])
    assert caught.value.what == f"no tokenizer is found for {name!r}"
    assert "server.tokenizer" in caught.value.remedy
    assert "openqa" in caught.value.remedy
    check_tokenizer(name, [sweep(dataset="openqa")])


def test_a_folder_of_that_name_needs_a_tokenizers_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "stub"
    folder.mkdir()
    (folder / "notes.txt").write_text("")
    with pytest.raises(InputError, match="no tokenizer is found for 'stub'"):
        check_tokenizer("stub", [sweep()])


@pytest.mark.parametrize("file", ["tokenizer.json", "tokenizer.model", "qwen.tiktoken", "vocab.json"])
def test_a_folder_with_a_tokenizers_file(tmp_path: Path, file: str) -> None:
    (tmp_path / file).write_text("{}")
    check_tokenizer(str(tmp_path), [sweep()])


def test_a_repository_is_not_asked_for() -> None:
    check_tokenizer("org/no-such-model", [sweep()])

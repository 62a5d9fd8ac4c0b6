"""The digests of model folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasks.provision.model_digest import EDGE_BYTES, file_digest, folder_digest
from tests.provision.model_folder import make_model_folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_model_folder(tmp_path / "model")


def test_digests_are_the_ones_in_cache_keys(folder: Path) -> None:
    assert folder_digest(folder) == "d40375f2ad0be68acc7b9b6b269672cce31d6259e43b51024a4dc304ae5835e7"
    weights = file_digest(folder / "model.safetensors")
    assert weights == "5647f05ec18958947d32874eeb788fa396a05d0bab7c1b71f112ceb7e9b31eee"


def test_a_changed_configuration_changes_it(folder: Path) -> None:
    before = folder_digest(folder)
    (folder / "config.json").write_text('{"a": 1}')
    assert folder_digest(folder) != before


@pytest.mark.parametrize("offset", [0, 4 * EDGE_BYTES - 1])
def test_weights_changed_at_an_edge_change_it(folder: Path, offset: int) -> None:
    before = folder_digest(folder)
    with (folder / "model.safetensors").open("r+b") as file:
        file.seek(offset)
        file.write(b"x")
    assert folder_digest(folder) != before


def test_an_added_or_renamed_file_changes_it(folder: Path) -> None:
    before = folder_digest(folder)
    (folder / "tokenizer.json").write_text("{}")
    added = folder_digest(folder)
    (folder / "tokenizer.json").rename(folder / "vocab.json")
    renamed = folder_digest(folder)
    assert len({before, added, renamed}) == 3


def test_hidden_files_do_not_change_it(folder: Path) -> None:
    before = folder_digest(folder)
    (folder / ".cache").mkdir()
    (folder / ".cache" / "note").touch()
    assert folder_digest(folder) == before

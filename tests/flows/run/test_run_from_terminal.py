"""Folders that Prefect's own server cannot write are reported before it starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.run.run_from_terminal import _is_new, check_folders
from tasks.config.results_location import ResultsLocation
from tasks.errors import ExecutionError


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary files and one for Prefect; both are in the returned one."""
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "prefect"))
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    return tmp_path


def test_folders_are_created(folders: Path) -> None:
    check_folders()
    assert sorted(path.name for path in folders.iterdir()) == ["prefect", "tmp"]


@pytest.mark.parametrize(("name", "variable"), [("tmp", "TMPDIR"), ("prefect", "PREFECT_HOME")])
def test_a_folder_that_cannot_be_written_is_named(folders: Path, name: str, variable: str) -> None:
    (folders / name).write_text("a file is in the way")
    with pytest.raises(ExecutionError, match=f"{name} cannot be written") as raised:
        check_folders()
    assert variable in raised.value.remedy


def test_another_server_needs_no_folder_here(folders: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folders / "prefect").write_text("a file is in the way")
    monkeypatch.setenv("PREFECT_API_URL", "http://gauge.example/api")
    check_folders()


def test_a_folder_without_figures_is_new(tmp_path: Path) -> None:
    location = ResultsLocation(folder=tmp_path)
    assert _is_new(location)
    location.cache_folder.mkdir()
    assert not _is_new(location)


def test_a_bucket_may_hold_figures(tmp_path: Path) -> None:
    assert not _is_new(ResultsLocation(folder=tmp_path, bucket="gauge"))

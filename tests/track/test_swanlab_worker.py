"""What fails in the worker process is a warning in the outcome that it prints."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasks.config.trackers import SwanLab
from tasks.track.swanlab_tracker import SwanLabTracker
from tests.track.made_up_run import made_up_run


def test_a_folder_that_cannot_be_made_is_a_warning(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    outcome = SwanLabTracker(SwanLab()).on_run_end(made_up_run(), tmp_path / "file" / "below")
    assert "NotADirectoryError" in (outcome.warning or "")


def test_online_without_a_key_is_a_warning_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("SWANLAB_API_KEY", raising=False)
    tracker = SwanLabTracker(SwanLab(mode="online", host="http://127.0.0.1:9"))
    outcome = tracker.on_run_end(made_up_run(), tmp_path)
    assert "no API key" in (outcome.warning or "")

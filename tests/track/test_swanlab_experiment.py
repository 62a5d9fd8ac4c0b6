"""A run becomes a SwanLab experiment whose file holds every figure."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
import yaml

from tasks.config.trackers import SwanLab, Track
from tasks.track.swanlab_tracker import SwanLabTracker
from tasks.track.tracker import track_run
from tests.record import made_up
from tests.track.made_up_run import made_up_run


def test_a_run_is_logged_and_read_back_completely(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    working_folder = tmp_path / "elsewhere"
    working_folder.mkdir()
    # neither the environment nor the files of the working folder may configure SwanLab
    (working_folder / "swanlab.yaml").write_text("mode: disabled\nlog_dir: /nowhere\n")
    (working_folder / ".env").write_text("SWANLAB_PROJECT_NAME=wrong\n")
    monkeypatch.chdir(working_folder)
    monkeypatch.setenv("SWANLAB_MODE", "online")
    config = (("engine.version", "0.0.0-made-up"), ("concurrency", 4))
    (outcome,) = track_run(Track(), made_up_run(config=config), tmp_path, tmp_path / "kept")

    assert outcome.tracker == "SwanLab"
    assert outcome.warning is None
    assert outcome.kept == outcome.logged > 50
    assert outcome.experiment_id == "run-1"
    assert outcome.folder is not None
    assert outcome.folder.parent == tmp_path / "swanlab"
    logged_config = yaml.safe_load((outcome.folder / "files" / "config.yaml").read_text())
    assert {name: entry["value"] for name, entry in logged_config.items()} == {
        "engine_version": "0.0.0-made-up",
        "concurrency": 4,
    }
    assert list(outcome.folder.glob("media/echarts/*.json"))


@pytest.mark.parametrize(("mode", "expected"), [("offline", False), ("local", True)])
def test_only_the_local_dashboard_needs_the_table_as_an_image(
    mode: Literal["offline", "local"], expected: bool, tmp_path: Path
) -> None:
    SwanLabTracker(SwanLab(mode=mode)).on_run_end(made_up_run(), tmp_path)
    assert bool(list(tmp_path.rglob("media/image/*.png"))) is expected


def test_figures_that_swanlab_drops_are_a_warning(tmp_path: Path) -> None:
    refused = [made_up.recorded(made_up.point("a\x01name", concurrency)) for concurrency in (2, 4)]
    run = made_up_run(points=(*made_up_run().points, *refused))
    outcome = SwanLabTracker(SwanLab()).on_run_end(run, tmp_path)
    lost = outcome.logged - outcome.kept
    assert 0 < lost < outcome.logged
    assert f"{lost} of {outcome.logged} figures are not in" in (outcome.warning or "")

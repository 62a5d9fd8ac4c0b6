"""A run becomes an experiment in its own process, and nothing a tracker does ends a run."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
import yaml

from tasks.config.trackers import SwanLab
from tasks.track.tracker import track_run
from tests.record import made_up
from tests.track.test_tracked_figures import bundle

OFFLINE = SwanLab()


def saying(code: str) -> tuple[str, ...]:
    """A worker that runs the code instead."""
    return (sys.executable, "-c", f"import sys; job = sys.stdin.read()\n{code}")


def test_a_run_is_logged_and_read_back_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    # neither the environment nor the files of the folder we stand in have a say
    (elsewhere / "swanlab.yaml").write_text("mode: disabled\nlog_dir: /nowhere\n")
    (elsewhere / ".env").write_text("SWANLAB_PROJECT_NAME=wrong\n")
    monkeypatch.chdir(elsewhere)
    monkeypatch.setenv("SWANLAB_MODE", "online")
    config = (("engine.version", "0.0.0-made-up"), ("concurrency", 4))
    outcome = track_run(OFFLINE, bundle(config=config), tmp_path / "swanlab")

    assert outcome.warning is None
    assert outcome.ok
    assert outcome.found == outcome.expected > 50
    assert outcome.experiment_id == "run-1"
    assert outcome.folder is not None
    assert outcome.folder.parent == tmp_path / "swanlab"
    kept = yaml.safe_load((outcome.folder / "files" / "config.yaml").read_text())
    assert {key: entry["value"] for key, entry in kept.items()} == {
        "engine_version": "0.0.0-made-up",
        "concurrency": 4,
    }
    assert list(outcome.folder.glob("media/*/*.png"))
    assert list(outcome.folder.glob("media/echarts/*.json"))


def test_figures_that_the_tracker_drops_are_noticed(tmp_path: Path) -> None:
    refused = made_up.recorded(made_up.point("a\x01name", concurrency=2))
    outcome = track_run(OFFLINE, bundle(points=(*bundle().points, refused)), tmp_path)
    assert not outcome.ok
    lost = outcome.expected - outcome.found
    assert 0 < lost < outcome.expected
    assert f"{lost} of {outcome.expected} figures are not in" in (outcome.warning or "")


def test_no_limit_is_outstayed_and_no_process_is_left(tmp_path: Path) -> None:
    code = f"import os, time; open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid())); time.sleep(300)"
    outcome = track_run(SwanLab(timeout_s=1.5), bundle(), tmp_path, saying(code))
    assert not outcome.ok
    assert outcome.warning == "not tracked in SwanLab: no answer within 1.5 s"
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (saying("print('made up', file=sys.stderr); sys.exit(3)"), "ended with code 3: made up"),
        (saying("print('no outcome at all')"), "ended with code 0: without a word"),
        (("/not/there",), "did not start: No such file"),
    ],
)
def test_a_failing_process_is_a_warning(tmp_path: Path, command: tuple[str, ...], said: str) -> None:
    outcome = track_run(OFFLINE, bundle(), tmp_path, command)
    assert not outcome.ok
    assert outcome.warning is not None
    assert said in outcome.warning


def test_a_folder_that_cannot_be_made_is_a_warning(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    outcome = track_run(OFFLINE, bundle(), tmp_path / "file" / "below")
    assert not outcome.ok
    assert outcome.warning is not None


def test_online_without_a_key_is_a_warning_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("SWANLAB_API_KEY", raising=False)
    outcome = track_run(SwanLab(mode="online", host="http://127.0.0.1:9"), bundle(), tmp_path)
    assert not outcome.ok
    assert "no API key" in (outcome.warning or "")


def test_the_key_reaches_the_worker_and_no_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", "made-up-key")
    code = "import os; sys.exit(os.environ['SWANLAB_API_KEY'] + ' in the job: ' + str('made-up-key' in job))"
    track = SwanLab(mode="online", api_key_env="MY_KEY")
    outcome = track_run(track, bundle(), tmp_path, saying(code))
    assert (outcome.warning or "").endswith("code 1: *** in the job: False")


def test_a_disabled_tracker_starts_nothing(tmp_path: Path) -> None:
    assert track_run(SwanLab(mode="disabled"), bundle(), tmp_path, ("/not/there",)).ok
    assert list(tmp_path.iterdir()) == []

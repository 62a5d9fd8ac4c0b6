"""Every enabled tracker is called, and none of them can fail a run."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

import pytest

from tasks.config.trackers import SwanLab, Track, TrackerConfig
from tasks.errors import TrackError
from tasks.track.swanlab_tracker import SwanLabTracker
from tasks.track.tracked_run import TrackedRun, TrackOutcome
from tasks.track.tracker import TRACKERS, track_run
from tests.track.made_up_run import made_up_run


class FakeConfig(TrackerConfig):
    """The section of a second tracker."""

    fail_with: str | None = None
    use: bool = True

    @property
    def enabled(self) -> bool:
        """As `use` says."""
        return self.use


class TrackWithFake(Track):
    """A spec's `track` section with a second tracker in it."""

    fake: FakeConfig = FakeConfig()


class FakeTracker:
    """Keeps the names of the runs in a file, or raises."""

    name: ClassVar[str] = "Fake"

    def __init__(self, config: FakeConfig) -> None:
        """Keep the settings."""
        self._config = config

    def on_run_end(self, run: TrackedRun, folder: Path) -> TrackOutcome:
        """Write the run's id."""
        if self._config.fail_with:
            raise ValueError(self._config.fail_with)
        folder.mkdir()
        (folder / run.name).write_text(run.run_id)
        return TrackOutcome(logged=1, kept=1, folder=folder, experiment_id=run.run_id)


@pytest.fixture(autouse=True)
def fake_is_registered(monkeypatch: pytest.MonkeyPatch) -> None:
    """One row of the registry, as for any other tracker."""
    monkeypatch.setitem(TRACKERS, "fake", FakeTracker)


@pytest.fixture
def swanlab_result(monkeypatch: pytest.MonkeyPatch) -> TrackOutcome:
    """What SwanLab's tracker returns, without its process."""
    outcome = TrackOutcome(logged=88, kept=88, folder=Path("run-1"), experiment_id="run-1")
    monkeypatch.setattr(SwanLabTracker, "on_run_end", lambda self, run, folder: outcome)
    return outcome


def test_every_section_of_a_spec_has_its_tracker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(TRACKERS, "fake")
    assert set(TRACKERS) == set(Track.model_fields)


def test_a_second_tracker_is_called_with_the_run(swanlab_result: TrackOutcome, tmp_path: Path) -> None:
    swanlab, fake = track_run(TrackWithFake(), made_up_run(), tmp_path, tmp_path / "kept")
    assert swanlab == swanlab_result.model_copy(update={"tracker": "SwanLab"})
    assert (fake.tracker, fake.warning, fake.kept) == ("Fake", None, 1)
    assert (tmp_path / "fake" / "made up").read_text() == "run-1"


def test_an_exception_is_a_warning_and_leaves_the_other_tracker_alone(
    swanlab_result: TrackOutcome, tmp_path: Path
) -> None:
    config = TrackWithFake(fake=FakeConfig(fail_with="made up\nat length"))
    swanlab, fake = track_run(config, made_up_run(), tmp_path, tmp_path / "kept")
    assert swanlab == swanlab_result.model_copy(update={"tracker": "SwanLab"})
    assert fake == TrackOutcome(tracker="Fake", warning="not tracked in Fake: ValueError: made up")


def test_the_next_tracker_is_called_after_one_that_failed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def fail(self: SwanLabTracker, run: TrackedRun, folder: Path) -> TrackOutcome:
        raise TrackError("made up", "nothing helps")

    monkeypatch.setattr(SwanLabTracker, "on_run_end", fail)
    swanlab, fake = track_run(TrackWithFake(), made_up_run(), tmp_path, tmp_path / "kept")
    assert swanlab.warning == "not tracked in SwanLab: made up: nothing helps"
    assert fake.warning is None


def test_a_tracker_that_cannot_be_created_is_a_warning(
    monkeypatch: pytest.MonkeyPatch, swanlab_result: TrackOutcome, tmp_path: Path
) -> None:
    def fail(self: FakeTracker, config: FakeConfig) -> None:
        raise RuntimeError("made up")

    monkeypatch.setattr(FakeTracker, "__init__", fail)
    swanlab, fake = track_run(TrackWithFake(), made_up_run(), tmp_path, tmp_path / "kept")
    assert swanlab.warning is None
    assert fake.warning == "not tracked in Fake: RuntimeError: made up"


def test_an_interrupt_ends_the_run(
    monkeypatch: pytest.MonkeyPatch, swanlab_result: TrackOutcome, tmp_path: Path
) -> None:
    def interrupt(self: FakeTracker, run: TrackedRun, folder: Path) -> TrackOutcome:
        raise KeyboardInterrupt

    monkeypatch.setattr(FakeTracker, "on_run_end", interrupt)
    with pytest.raises(KeyboardInterrupt):
        track_run(TrackWithFake(), made_up_run(), tmp_path, tmp_path / "kept")


def test_a_run_is_tracked_at_most_once_in_each_target(
    monkeypatch: pytest.MonkeyPatch, swanlab_result: TrackOutcome, tmp_path: Path
) -> None:
    called: list[str] = []

    def log(self: FakeTracker, run: TrackedRun, folder: Path) -> TrackOutcome:
        called.append(run.run_id)
        warning = "made up" if len(called) == 1 else None
        return TrackOutcome(warning=warning, experiment_id="e1")

    monkeypatch.setattr(FakeTracker, "on_run_end", log)
    outcomes = [track_run(TrackWithFake(), made_up_run(), tmp_path, tmp_path / "kept")[1] for _ in range(3)]
    assert len(called) == 2  # a warning is tried again, a success is not
    assert [outcome.earlier for outcome in outcomes] == [False, False, True]
    assert outcomes[2].experiment_id == "e1"
    online = TrackWithFake(swanlab=SwanLab(mode="online"))
    swanlab, _ = track_run(online, made_up_run(), tmp_path, tmp_path / "kept")
    assert not swanlab.earlier  # until now it was offline


def test_a_disabled_tracker_is_not_called(tmp_path: Path) -> None:
    config = TrackWithFake(swanlab=SwanLab(mode="disabled"), fake=FakeConfig(use=False))
    assert track_run(config, made_up_run(), tmp_path, tmp_path / "kept") == ()
    assert list(tmp_path.iterdir()) == []

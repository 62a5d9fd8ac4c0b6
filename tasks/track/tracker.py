"""Trackers: the protocol they follow, their registry, and the function that calls them when a run ends."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, Protocol

from tasks.config.trackers import Track, TrackerConfig
from tasks.track.kept_outcome import keep_outcome, kept_outcome
from tasks.track.mlflow_tracker import MLflowTracker
from tasks.track.swanlab_tracker import SwanLabTracker
from tasks.track.tracked_run import TrackedRun, TrackOutcome


class Tracker(Protocol):
    """Shows finished runs in an experiment tracker. Created from its section of the spec's `track`."""

    name: ClassVar[str]
    """The tracker's name in messages."""

    def __init__(self, config: Any) -> None:
        """Keep the settings, an instance of the tracker's own TrackerConfig."""

    def on_run_end(self, run: TrackedRun, folder: Path) -> TrackOutcome:
        """Log a run as one experiment, within a time limit that the tracker enforces itself.

        Args:
            run: what to show of the run.
            folder: where the tracker may write, `RESULTS/KEY` with its key in TRACKERS; it may not exist yet.

        Raises:
            TrackError: the tracker failed for a known reason.
            Exception: any other failure; `track_run` turns both into a warning.
        """
        ...


TRACKERS: dict[str, type[Tracker]] = {"swanlab": SwanLabTracker, "mlflow": MLflowTracker}
"""Every tracker by the name of its section in a spec's `track`; a new one is a row here."""


def track_run(config: Track, run: TrackedRun, folder: Path, kept: Path) -> tuple[TrackOutcome, ...]:
    """Call every enabled tracker and return their outcomes. A tracker that fails is a warning in its outcome.

    A tracker that has the run already is not called: its first outcome is returned again.

    Args:
        config: the spec's `track` section.
        run: what to show of the run.
        folder: the results folder; each tracker gets a folder in it.
        kept: the run's own folder, which keeps how each tracker ended.
    """
    outcomes = []
    for key, tracker_class in TRACKERS.items():
        tracker_config: TrackerConfig = getattr(config, key)
        if not tracker_config.enabled:
            continue
        file = kept / "-".join(filter(None, ("tracked", key, f"{tracker_config.target}.json")))
        outcome = kept_outcome(file)
        if outcome is None:
            outcome = _with_name(_call(tracker_class, tracker_config, run, folder / key), tracker_class.name)
            keep_outcome(outcome, file)
        outcomes.append(outcome)
    return tuple(outcomes)


def _call(tracker_class: type[Tracker], config: TrackerConfig, run: TrackedRun, folder: Path) -> TrackOutcome:
    try:
        return tracker_class(config).on_run_end(run, folder)
    except Exception as error:  # the run is measured and recorded: no tracker may fail it
        return TrackOutcome.from_error(error)


def _with_name(outcome: TrackOutcome, tracker: str) -> TrackOutcome:
    warning = f"not tracked in {tracker}: {outcome.warning}" if outcome.warning else None
    return outcome.model_copy(update={"tracker": tracker, "warning": warning})

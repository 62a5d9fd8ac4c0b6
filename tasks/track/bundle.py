"""What tracking is given and hands on: one run's figures, and whether they arrived."""

from __future__ import annotations

from pathlib import Path

from tasks.config.base import Frozen
from tasks.config.trackers import SwanLab
from tasks.measure.results import Score
from tasks.plan.search import Knee
from tasks.record.results import RecordedPoint

ConfigValue = str | int | float | bool | None


class TrackedRun(Frozen):
    """All that one experiment shows of a run. `config` is flat: nothing nested in it is kept."""

    run_id: str
    name: str
    description: str = ""
    config: tuple[tuple[str, ConfigValue], ...] = ()
    points: tuple[RecordedPoint, ...] = ()
    knees: tuple[Knee, ...] = ()
    scores: tuple[Score, ...] = ()


class TrackOutcome(Frozen):
    """How tracking went. `expected` and `found` count figures: given to the tracker, read back from its file.

    `folder` is the run's own; `swanlab sync FOLDER --id ID` uploads it. `url`: the page of an online one.
    """

    ok: bool
    warning: str | None = None
    expected: int = 0
    found: int = 0
    folder: Path | None = None
    experiment_id: str | None = None
    url: str | None = None


class TrackJob(Frozen):
    """What the worker process reads: everything but the key, which is in its environment."""

    track: SwanLab
    bundle: TrackedRun
    folder: Path

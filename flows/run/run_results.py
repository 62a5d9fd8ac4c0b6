"""What a run measured or reused, and what is wrong with it: the values that its last stages work with."""

from __future__ import annotations

from tasks.config.base import Frozen
from tasks.plan.search import Knee
from tasks.record.results import RecordedAccuracy, RecordedPoint


class SpeedResults(Frozen):
    """The points of all sweeps, and the answers of the searches."""

    points: tuple[RecordedPoint, ...] = ()
    knees: tuple[Knee, ...] = ()


class RunResults(SpeedResults):
    """Everything that a run measured or reused."""

    accuracy: tuple[RecordedAccuracy, ...] = ()


class RunProblems(Frozen):
    """Why a run fails. Both fields are empty if the run completed.

    `failures`: measurements that cannot be used. `missed`: the gate's requirements that are not met.
    """

    failures: tuple[str, ...] = ()
    missed: tuple[str, ...] = ()

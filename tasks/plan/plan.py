"""What a run has to measure, in order, and which of it the results hold already."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tasks.config.base import Frozen
from tasks.config.load import Load
from tasks.config.saturation import Saturation
from tasks.config.question_set import QuestionSet
from tasks.config.spec import Spec
from tasks.config.sweep import Sweep
from tasks.plan.cache_keys import accuracy_key, point_key, search_key
from tasks.plan.subject import Subject

IsRecorded = Callable[[str], bool]
"""Whether a figure under a key is there already."""


class PlanEntry(Frozen):
    """One thing to measure, and whether a figure under its key is there already."""

    key: str
    recorded: bool


class PlannedPoint(PlanEntry):
    """One load of one sweep, one repeat."""

    sweep: Sweep
    load: Load
    repeat: int
    run_name: str


class PlannedSearch(PlanEntry):
    """One sweep whose loads are looked for; its points come to light one after the other."""

    sweep: Sweep
    how: Saturation


class PlannedQuestionSet(PlanEntry):
    """One question set with all its repeats."""

    accuracy: QuestionSet


class Plan(Frozen):
    """All that a spec asks for; `recorded` entries need no server."""

    speed: tuple[PlannedPoint | PlannedSearch, ...]
    question_sets: tuple[PlannedQuestionSet, ...]

    @property
    def points(self) -> tuple[PlannedPoint, ...]:
        """The points that are known beforehand."""
        return tuple(entry for entry in self.speed if isinstance(entry, PlannedPoint))

    @property
    def searches(self) -> tuple[PlannedSearch, ...]:
        """The sweeps whose loads are looked for."""
        return tuple(entry for entry in self.speed if isinstance(entry, PlannedSearch))

    @property
    def entries(self) -> tuple[PlanEntry, ...]:
        """Everything, in the order it is measured."""
        return (*self.speed, *self.question_sets)

    @property
    def missing(self) -> int:
        """How many entries must be measured."""
        return sum(not entry.recorded for entry in self.entries)


def make_plan(spec: Spec, subject: Subject, is_recorded: IsRecorded) -> Plan:
    """List the points sweep by sweep, repeat by repeat, with growing load, then the question sets.

    Repeats stand around the loads, so that a drift of the machine spreads over all of them.
    """
    speed = tuple(entry for sweep in spec.sweeps for entry in _sweep(spec, subject, sweep, is_recorded))
    sets = tuple(
        PlannedQuestionSet(key=key, accuracy=accuracy, recorded=is_recorded(key))
        for accuracy in spec.accuracy
        for key in [accuracy_key(subject, accuracy)]
    )
    return Plan(speed=speed, question_sets=sets)


def _sweep(
    spec: Spec, subject: Subject, sweep: Sweep, is_recorded: IsRecorded
) -> Iterator[PlannedPoint | PlannedSearch]:
    if sweep.search:
        key = search_key(subject, sweep)
        yield PlannedSearch(key=key, sweep=sweep, how=sweep.search, recorded=is_recorded(key))
    for repeat in range(1, sweep.repeats + 1):
        for load in sweep.loads:
            yield plan_point(spec, subject, sweep, load, repeat, is_recorded)


def plan_point(
    spec: Spec, subject: Subject, sweep: Sweep, load: Load, repeat: int, is_recorded: IsRecorded
) -> PlannedPoint:
    """One load of one sweep, one repeat."""
    key = point_key(subject, sweep, load, repeat)
    name = sweep.run_name.format(
        model=spec.server.name,
        sweep=sweep.name,
        load=load.label,
        concurrency=load.slots or load.label,
        requests=load.requests,
        repeat=repeat,
    )
    return PlannedPoint(
        key=key, sweep=sweep, load=load, repeat=repeat, run_name=name, recorded=is_recorded(key)
    )

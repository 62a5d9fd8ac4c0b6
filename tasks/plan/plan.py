"""What a run has to measure, in order, and which of it the results hold already."""

from __future__ import annotations

from collections.abc import Callable

from tasks.config.accuracy import Accuracy
from tasks.config.base import Frozen
from tasks.config.spec import Spec
from tasks.config.sweep import Load, Sweep
from tasks.plan.keys import accuracy_key, point_key
from tasks.plan.subject import Subject


class Entry(Frozen):
    """One thing to measure, and whether a figure under its key is there already."""

    key: str
    recorded: bool


class Point(Entry):
    """One load of one sweep, one repeat."""

    sweep: Sweep
    load: Load
    repeat: int
    run_name: str


class QuestionSet(Entry):
    """One question set with all its repeats."""

    accuracy: Accuracy


class Plan(Frozen):
    """All that a spec asks for; `recorded` entries need no server."""

    points: tuple[Point, ...]
    question_sets: tuple[QuestionSet, ...]

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Everything, in the order it is measured."""
        return (*self.points, *self.question_sets)

    @property
    def missing(self) -> int:
        """How many entries must be measured."""
        return sum(not entry.recorded for entry in self.entries)


def make_plan(spec: Spec, subject: Subject, is_recorded: Callable[[str], bool]) -> Plan:
    """List the points sweep by sweep, repeat by repeat, with growing load, then the question sets.

    Repeats stand around the loads, so that a drift of the machine spreads over all of them.
    """
    points = tuple(
        _point(spec, subject, sweep, load, repeat, is_recorded)
        for sweep in spec.sweeps
        for repeat in range(1, sweep.repeats + 1)
        for load in sweep.load
    )
    sets = tuple(
        QuestionSet(key=key, accuracy=accuracy, recorded=is_recorded(key))
        for accuracy in spec.accuracy
        for key in [accuracy_key(subject, accuracy)]
    )
    return Plan(points=points, question_sets=sets)


def _point(
    spec: Spec, subject: Subject, sweep: Sweep, load: Load, repeat: int, is_recorded: Callable[[str], bool]
) -> Point:
    key = point_key(subject, sweep, load, repeat)
    name = sweep.run_name.format(
        model=spec.server.name,
        sweep=sweep.name,
        load=load.label,
        concurrency=load.concurrency,
        requests=load.requests,
        repeat=repeat,
    )
    return Point(key=key, sweep=sweep, load=load, repeat=repeat, run_name=name, recorded=is_recorded(key))

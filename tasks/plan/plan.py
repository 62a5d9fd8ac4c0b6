"""The plan of a run: what to measure, in order, and what the results already hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tasks.config.base import Frozen
from tasks.config.load import Load
from tasks.config.load_kinds.trace import Trace
from tasks.config.question_set import QuestionSet
from tasks.config.saturation import Saturation
from tasks.config.spec import Spec
from tasks.config.sweep import Sweep
from tasks.plan.cache_keys import accuracy_key, answers_key, asks_key, point_key, search_key
from tasks.plan.mixed_sweep import with_parts
from tasks.plan.subject import Subject
from tasks.plan.trace_rows import with_requests

IsRecorded = Callable[[str], bool]
"""Takes a cache key and returns whether the results hold a figure under that key."""


class PlanEntry(Frozen):
    """One thing to measure, its cache key, and whether the results hold it already."""

    key: str
    recorded: bool


class PlannedPoint(PlanEntry):
    """One repeat of one load of a sweep."""

    sweep: Sweep
    load: Load
    repeat: int
    run_name: str


class PlannedSearch(PlanEntry):
    """One search for the load that saturates the server; each of its points decides the next one."""

    sweep: Sweep
    saturation: Saturation


class PlannedQuestionSet(PlanEntry):
    """One question set with all its repeats.

    `answers`: the key of the answers to its questions. `asks`: the key of what it asks, whatever the load.
    """

    accuracy: QuestionSet
    answers: str
    asks: str


class Plan(Frozen):
    """Everything that a spec asks for, in the order it is measured."""

    speed: tuple[PlannedPoint | PlannedSearch, ...]
    question_sets: tuple[PlannedQuestionSet, ...]

    @property
    def points(self) -> tuple[PlannedPoint, ...]:
        """The points of listed loads. The points of a search are unknown until it runs."""
        return tuple(entry for entry in self.speed if isinstance(entry, PlannedPoint))

    @property
    def searches(self) -> tuple[PlannedSearch, ...]:
        """The searches for saturation."""
        return tuple(entry for entry in self.speed if isinstance(entry, PlannedSearch))

    @property
    def entries(self) -> tuple[PlanEntry, ...]:
        """All entries, in the order they are measured."""
        return (*self.speed, *self.question_sets)

    @property
    def missing(self) -> int:
        """How many entries must be measured."""
        return sum(not entry.recorded for entry in self.entries)


@dataclass(frozen=True)
class Planner:
    """Makes the plan of one run.

    `is_recorded`: whether the results hold a figure under a cache key, so that it need not be measured.
    """

    spec: Spec
    subject: Subject
    is_recorded: IsRecorded

    def plan(self) -> Plan:
        """The points sweep by sweep, repeat by repeat, with growing load; then the question sets.

        Sets without load come before those with one. Each repeat covers all loads before the next one starts,
        so that drift of the machine affects all loads alike.
        """
        speed: list[PlannedPoint | PlannedSearch] = []
        for named in self.spec.sweeps:
            sweep = with_parts(named, self.spec.sweeps)
            if sweep.search:
                speed.append(self._search(sweep, sweep.search))
            for repeat in range(1, sweep.repeats + 1):
                speed += [self.point(sweep, load, repeat) for load in sweep.loads]
        asked = [asked for question_set in self.spec.accuracy for asked in question_set.combinations()]
        asked.sort(key=lambda question_set: question_set.under_load is not None)
        sets = tuple(self._question_set(question_set) for question_set in asked)
        return Plan(speed=tuple(speed), question_sets=sets)

    def point(self, sweep: Sweep, load: Load, repeat: int) -> PlannedPoint:
        """Return the entry for one repeat of one load. Raises InputError if its trace is unreadable."""
        if isinstance(load, Trace):
            load = with_requests(load)
        key = point_key(self.subject, sweep, load, repeat)
        run_name = sweep.run_name.format(
            model=self.spec.server.name,
            sweep=sweep.name,
            load=load.label,
            concurrency=load.slots or load.label,
            requests=load.requests,
            repeat=repeat,
        )
        recorded = self.is_recorded(key)
        return PlannedPoint(
            key=key, recorded=recorded, sweep=sweep, load=load, repeat=repeat, run_name=run_name
        )

    def _search(self, sweep: Sweep, saturation: Saturation) -> PlannedSearch:
        key = search_key(self.subject, sweep)
        return PlannedSearch(key=key, recorded=self.is_recorded(key), sweep=sweep, saturation=saturation)

    def _question_set(self, question_set: QuestionSet) -> PlannedQuestionSet:
        key = accuracy_key(self.subject, question_set)
        return PlannedQuestionSet(
            key=key,
            recorded=self.is_recorded(key),
            accuracy=question_set,
            answers=answers_key(self.subject, question_set),
            asks=asks_key(self.subject, question_set),
        )

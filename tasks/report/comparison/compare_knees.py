"""Compares the knees of several runs: the answer of each search, and its change since the first run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

from tasks.plan.search import Knee
from tasks.record.results import RecordedPoint
from tasks.report.comparison.compared_run import ComparedRun
from tasks.report.comparison.knee_change import KneeChange, knee_change

EACH_LEVEL = {"requests", "duration_s"}
"""Fields of a load that differ from level to level of one search. The level itself does too."""
NONE = "none"


class UnequalSetting(NamedTuple):
    """A setting of a search whose value makes the knee an answer to another question: in A, and in a run."""

    name: str
    base: str
    new: str


class KneeAgainstBase(NamedTuple):
    """A search of one run against that of the first run.

    `change`: None where a setting is `unequal`, or one of the two did not search the sweep. `shared`: whether
    the search has the measurements of the first run's, reused.
    """

    change: KneeChange | None = None
    unequal: tuple[UnequalSetting, ...] = ()
    shared: bool = False


class KneeComparison(NamedTuple):
    """The knees of one sweep. Both fields have an entry for each run; one that did not search has no knee."""

    sweep: str
    knees: tuple[Knee | None, ...]
    against_base: tuple[KneeAgainstBase, ...]

    @property
    def suspect(self) -> tuple[bool, ...]:
        """Whether a point on either side of each knee is suspect."""
        return tuple(knee is not None and bool(knee.doubts) for knee in self.knees)


class _Search(NamedTuple):
    """One search of a run: its answer, and the points that it measured."""

    knee: Knee
    points: tuple[RecordedPoint, ...]


def compare_knees(runs: Sequence[ComparedRun]) -> tuple[KneeComparison, ...]:
    """Compare the knees of every sweep that at least two runs searched, in order of first appearance."""
    searches = [_searches(run) for run in runs]
    counts = Counter(chain.from_iterable(searches))
    return tuple(
        _compare(sweep, [found.get(sweep) for found in searches])
        for sweep, count in counts.items()
        if count > 1
    )


def _searches(run: ComparedRun) -> dict[str, _Search]:
    searches = {}
    for knee in run.report.knees:
        points = tuple(point for point in run.report.points if point.result.sweep == knee.sweep)
        searches[knee.sweep] = _Search(knee, points)
    return searches


def _compare(sweep: str, searches: Sequence[_Search | None]) -> KneeComparison:
    base, *others = searches
    knees = tuple(None if search is None else search.knee for search in searches)
    against_base = [KneeAgainstBase(), *(_against(base, new) for new in others)]
    return KneeComparison(sweep, knees, tuple(against_base))


def _against(base: _Search | None, new: _Search | None) -> KneeAgainstBase:
    if base is None or new is None:
        return KneeAgainstBase()
    unequal = _unequal(base, new)
    change = None if unequal else knee_change(base.knee, new.knee)
    measured = _measured(new)
    return KneeAgainstBase(change, unequal, shared=bool(measured) and measured == _measured(base))


def _unequal(base: _Search, new: _Search) -> tuple[UnequalSetting, ...]:
    """Return the settings that differ; of another kind of load only that."""
    if base.knee.load != new.knee.load:
        return (UnequalSetting("load", base.knee.load, new.knee.load),)
    before, after = _settings(base), _settings(new)
    if not before or not after:
        return ()
    found = [(name, before.get(name, NONE), after.get(name, NONE)) for name in before | after]
    return tuple(UnequalSetting(*each) for each in found if each[1] != each[2])


def _settings(search: _Search) -> dict[str, str]:
    """Return the objectives of a search, and how it sent each level; nothing if it recorded no point."""
    if not search.points:
        return {}
    objectives = {str(bound) for point in search.points for bound in point.result.objectives}
    load = search.points[0].result.load
    fields = load.model_dump(exclude={*EACH_LEVEL, load.kind}, exclude_none=True)
    sent = {name: str(value) for name, value in fields.items()}
    return {"objectives": ", ".join(sorted(objectives)) or NONE} | sent


def _measured(search: _Search) -> set[tuple[str, str, int]]:
    return {(point.run_id, point.result.load.label, point.result.repeat) for point in search.points}

"""The search for the highest load that a server holds: which level is measured next, or the answer. Pure.

Levels double until an objective breaks, or until throughput grows by less than GROWTH; an open loop breaks
where its server falls behind. Then the bracket is halved. A closed loop is saturated from the first level on
that gives all but PLATEAU of the highest throughput seen.

One measurement proves little: noise slows, it hardly ever speeds up, so one alone decides only that a level
holds, and by a clear distance. Anything else takes as many as it needs until the 95 % interval of their mean
(Student's t) lies on one side; where the most that are allowed leave it open, their median decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Literal

from tasks.config.base import Frozen
from tasks.config.saturation import Saturation
from tasks.stats import mean_interval

GROWTH = 0.05
"""Throughput that grows by less, where the load is doubled, has stopped growing."""
PLATEAU = 0.03
"""So much of the highest throughput a saturated closed loop may lack; so far an open loop may fall behind."""
CLEAR = 0.1
"""Of the distance that counts as one whole: from there on a single measurement is enough."""
THROUGHPUT, HIGHEST = "throughput", "highest level"


class Trial(Frozen):
    """One measurement of a level. `margin`: what is left of the tightest bound, `limit`; broken below 0."""

    level: float
    margin: float
    limit: str
    throughput: float


class Knee(Frozen):
    """The answer: the highest load worth sending, between the highest that held and the lowest that did not.

    `knee` is None where not even the first level held; `low` and `high` where nothing was measured on that
    side. `reason`: what ends it, an objective, throughput, or the highest level allowed.
    """

    sweep: str
    load: Literal["concurrency", "rate"]
    knee: float | None
    low: float | None
    high: float | None
    reason: str
    points: int
    doubts: tuple[str, ...] = ()
    """Why the points at `low` and `high` are suspect, where they are."""


def advance(sweep: str, search: Saturation, trials: Sequence[Trial]) -> float | Knee:
    """The level to measure next, or the knee; always the same for the same trials."""
    try:
        knee, low, high, reason = _answer(search, _Known(search, trials))
    except _Missing as missing:
        return missing.level
    return Knee(
        sweep=sweep, load=search.kind, knee=knee, low=low, high=high, reason=reason, points=len(trials)
    )


def decision(scores: Sequence[float], most: int, *, one_is_enough: bool) -> bool | None:
    """Whether scores with noise stand for one at or above 0; None where that takes another measurement.

    Args:
        scores: 1 and -1 are a whole distance away.
        most: as many decide in any case.
        one_is_enough: a single score does, where it is clearly above.
    """
    if len(scores) == 1 and one_is_enough and scores[0] > CLEAR:
        return True
    low, high = mean_interval(scores) if len(scores) > 1 else (-1.0, 1.0)
    if low > 0 or high < 0:
        return low > 0
    return median(scores) >= 0 if len(scores) >= most else None


class _Missing(Exception):
    """The answer needs another measurement of this level."""

    def __init__(self, level: float) -> None:
        super().__init__(level)
        self.level = level


class _Known:
    """What the trials tell of each level; raises _Missing where they do not."""

    def __init__(self, search: Saturation, trials: Sequence[Trial]) -> None:
        self._most, self._trials = search.measurements, trials

    def at(self, level: float) -> list[Trial]:
        found = [trial for trial in self._trials if trial.level == level]
        if not found:
            raise _Missing(level)
        return found

    def throughput(self, level: float) -> float:
        return median(trial.throughput for trial in self.at(level))

    def holds(self, level: float) -> bool:
        """Whether every bound does."""
        return self._decided(level, [trial.margin for trial in self.at(level)], one_is_enough=True)

    def grew(self, below: float, level: float) -> bool:
        """Whether throughput did, between two levels."""
        base = self.throughput(below) or 1.0
        gains = [trial.throughput / base - 1 for trial in self.at(level)]
        return self._decided(level, [(gain - GROWTH) / GROWTH for gain in gains], one_is_enough=True)

    def rises(self, level: float, peak: float) -> bool:
        """Whether throughput still does beyond a level. A slow moment looks alike: one is never enough."""
        lacks = [1 - trial.throughput / peak for trial in self.at(level)]
        return self._decided(level, [(lack - PLATEAU) / PLATEAU for lack in lacks], one_is_enough=False)

    def limit(self, level: float) -> str:
        return min(self.at(level), key=lambda trial: trial.margin).limit

    def _decided(self, level: float, scores: Sequence[float], *, one_is_enough: bool) -> bool:
        found = decision(scores, self._most, one_is_enough=one_is_enough)
        if found is None:
            raise _Missing(level)
        return found


def _answer(search: Saturation, known: _Known) -> tuple[float | None, float | None, float | None, str]:
    """Knee, low, high and reason, written as if every level were measured."""
    levels, peak, ended = _grown(search, known)

    def below_knee(level: float) -> bool:
        return known.holds(level) and (peak is None or known.rises(level, peak))

    if not ended:  # it grew up to the last level, but perhaps not all of the way there
        nearly = search.nearly_max
        if nearly is None or nearly in levels or nearly < levels[-2] or below_knee(nearly):
            return search.max, search.max, None, HIGHEST
        levels[-1] = nearly
    high = levels.pop()
    while levels and not below_knee(levels[-1]):
        high = levels.pop()
    low = levels[-1] if levels else None
    while low is not None and (middle := search.between(low, high)) is not None:
        low, high = (middle, high) if below_knee(middle) else (low, middle)
    if known.holds(high):
        return high, low, high, THROUGHPUT
    return low, low, high, known.limit(high)


def _grown(search: Saturation, known: _Known) -> tuple[list[float], float | None, bool]:
    """Double the level until one breaks or gains nothing: levels, a closed loop's peak, whether one did."""
    levels: list[float] = []
    closed = search.kind == "concurrency"
    for level in search.levels():
        levels.append(level)
        stopped = closed and len(levels) > 1 and not known.grew(*levels[-2:])
        if stopped or not known.holds(level):
            return levels, max(map(known.throughput, levels)) if closed else None, True
    return levels, max(map(known.throughput, levels)) if closed else None, False

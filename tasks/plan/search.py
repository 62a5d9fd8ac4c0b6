"""The search for the load that saturates a server: the next level to measure, or the answer. Pure functions.

Levels double until an objective breaks, or until throughput grows by less than GROWTH. An open loop also
breaks if the server falls behind the rate; where that is not known, throughput has to grow by RATE_GROWTH of
what the rate grows. Then the interval between the last two levels is halved. A closed loop is saturated from
the first level on that reaches the highest throughput seen, less PLATEAU. An open loop breaks at a rate that
exceeds the highest throughput seen at it and at higher rates by more than PLATEAU.

Noise slows a measurement and hardly ever speeds it up. So a single measurement decides only that a level
holds, and only by a clear distance. Everything else is measured again until the 95 % interval of the mean
(Student's t) lies on one side of the bound. If the allowed number of measurements does not suffice for that,
their median decides.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median
from typing import Literal, NamedTuple

from tasks.config.base import Frozen
from tasks.config.load_kinds.closed_loop import ClosedLoop
from tasks.config.saturation import Saturation
from tasks.stats import mean_interval

GROWTH = 0.05
"""Throughput that grows by a smaller share when the load doubles has stopped growing."""
RATE_GROWTH = 0.5
"""Throughput has to grow by this share of what the rate grows. By chance, a short level lacks a quarter."""
PLATEAU = 0.03
"""The share that throughput may lack: of the peak in a closed loop, of the rate in an open loop."""
CLEAR = 0.1
"""The smallest distance to a bound, as a share of it, at which a single measurement is enough."""
THROUGHPUT, HIGHEST = "throughput", "highest level"


class Trial(Frozen):
    """One measurement of a level.

    `margin`: distance to the tightest bound, named by `limit`, as a share of it; below 0 the level broke.
    `throughput`: requests per second, without the times at which the load starts and drains. `pace_known`:
    whether the margin says if the server falls behind; always of a closed loop, which cannot outrun it.
    """

    level: float
    margin: float
    limit: str
    throughput: float
    pace_known: bool = True


class Knee(Frozen):
    """The answer of a search: the highest load worth sending.

    `low`: the highest level below the limit; `high`: the lowest that reached it. Either is None if no level
    was measured on that side. `reason`: what limits the load. Where it is an objective, or the throughput of
    an open loop, `high` did not hold and `low` is the knee. Where it is the throughput of a closed loop,
    `high` held, but more requests add no throughput, so it is the knee. Where it is the highest level
    allowed, that is the knee, and `low`. `knee` is None if not even the first level held. `points`:
    measurements taken.
    """

    sweep: str
    load: Literal["concurrency", "rate"]
    knee: float | None
    low: float | None
    high: float | None
    reason: str
    points: int
    doubts: tuple[str, ...] = ()
    """Reasons why the points at `low` and `high` are suspect."""


def advance(sweep: str, search: Saturation, trials: Sequence[Trial]) -> float | Knee:
    """Return the level to measure next, or the knee. The same trials always give the same answer."""
    try:
        knee, low, high, reason = _answer(search, _Known(search, trials))
    except _MeasurementNeeded as needed:
        return needed.level
    return Knee(
        sweep=sweep, load=search.kind, knee=knee, low=low, high=high, reason=reason, points=len(trials)
    )


def decision(scores: Sequence[float], most: int, *, one_is_enough: bool) -> bool | None:
    """Return whether the true value of noisy scores is at least 0; None if another measurement is needed.

    Args:
        scores: distances to a bound, as shares of it.
        most: the number of scores from which on their median decides.
        one_is_enough: whether a single score decides if it is clearly above 0.
    """
    if len(scores) == 1 and one_is_enough and scores[0] > CLEAR:
        return True
    low, high = mean_interval(scores) if len(scores) > 1 else (-1.0, 1.0)
    if low > 0 or high < 0:
        return low > 0
    return median(scores) >= 0 if len(scores) >= most else None


class _MeasurementNeeded(Exception):
    """The answer needs another measurement of `level`."""

    def __init__(self, level: float) -> None:
        super().__init__(level)
        self.level = level


class _Known:
    """What the trials say about each level. Raises _MeasurementNeeded if they do not decide."""

    def __init__(self, search: Saturation, trials: Sequence[Trial]) -> None:
        self._most, self._trials = search.measurements, trials
        self.closed = search.load_kind is ClosedLoop

    def at(self, level: float) -> list[Trial]:
        found = [trial for trial in self._trials if trial.level == level]
        if not found:
            raise _MeasurementNeeded(level)
        return found

    def throughput(self, level: float) -> float:
        return median(trial.throughput for trial in self.at(level))

    def holds(self, level: float) -> bool:
        """Return whether the level keeps every bound."""
        margins = [trial.margin for trial in self.at(level)]
        return not self.exceeds_capacity(level) and self._decided(level, margins, one_is_enough=True)

    def exceeds_capacity(self, level: float) -> bool:
        """Return whether the server is slower than the rate of an open loop, at this and at all higher rates.

        Whether requests pile up at a rate near the server's own is a matter of chance. How fast it answers
        while they do is not. So this is known only if a higher rate was measured.
        """
        levels = {trial.level for trial in self._trials if trial.level >= level}
        if self.closed or max(levels, default=level) == level:
            return False
        return level * (1 - PLATEAU) > max(self.throughput(each) for each in levels)

    def grew(self, below: float, level: float) -> bool:
        """Return whether throughput grew from level `below` to `level`.

        Of an open loop whose pace is known, the pace alone says whether the server keeps up.
        """
        base, trials = self.throughput(below) or 1.0, self.at(level)
        if not self.closed and all(trial.pace_known for trial in trials):
            return True
        enough = GROWTH if self.closed else RATE_GROWTH * (level / below - 1)
        gains = [trial.throughput / base - 1 for trial in trials]
        return self._decided(level, [(gain - enough) / enough for gain in gains], one_is_enough=True)

    def rises(self, level: float, peak: float) -> bool:
        """Return whether `peak` exceeds this level's throughput.

        A slow moment looks the same, so one trial never decides.
        """
        lacks = [1 - trial.throughput / peak for trial in self.at(level)]
        return self._decided(level, [(lack - PLATEAU) / PLATEAU for lack in lacks], one_is_enough=False)

    def limit(self, level: float) -> str:
        if self.exceeds_capacity(level):
            return THROUGHPUT
        return min(self.at(level), key=lambda trial: trial.margin).limit

    def _decided(self, level: float, scores: Sequence[float], *, one_is_enough: bool) -> bool:
        found = decision(scores, self._most, one_is_enough=one_is_enough)
        if found is None:
            raise _MeasurementNeeded(level)
        return found


class _Doubled(NamedTuple):
    """Doubled levels, the highest throughput among them, and whether one broke or gained too little.

    `peak` is None for open loops: their throughput follows the rate.
    """

    levels: list[float]
    peak: float | None
    ended: bool


def _answer(search: Saturation, known: _Known) -> tuple[float | None, float | None, float | None, str]:
    """Return knee, low, high and reason. The code reads as if every level had been measured."""
    levels, peak, ended = _doubled(search, known)

    def below_knee(level: float) -> bool:
        return known.holds(level) and (peak is None or known.rises(level, peak))

    if not ended:  # throughput grew up to the last level, but perhaps not all the way there
        nearly = search.nearly_max
        if nearly is None or nearly in levels or nearly < levels[-2] or below_knee(nearly):
            return search.max, search.max, None, HIGHEST
        levels[-1] = nearly
    high = levels.pop()
    while levels and not below_knee(levels[-1]):
        high = levels.pop()
    low = levels[-1] if levels else None
    if low is not None:
        low, high = _halved(search, low, high, below_knee)
    if known.holds(high):
        return (low if peak is None else high), low, high, THROUGHPUT
    return low, low, high, known.limit(high)


def _halved(
    search: Saturation, low: float, high: float, below_knee: Callable[[float], bool]
) -> tuple[float, float]:
    """Return the interval around the knee, halved until it is narrow enough."""
    middle = search.between(low, high)
    while middle is not None:
        if below_knee(middle):
            low = middle
        else:
            high = middle
        middle = search.between(low, high)
    return low, high


def _doubled(search: Saturation, known: _Known) -> _Doubled:
    """Double the level until one breaks or gains too little throughput."""
    levels: list[float] = []
    ended = False
    for level in search.levels():
        levels.append(level)
        gained = len(levels) == 1 or known.grew(*levels[-2:])
        if not gained or not known.holds(level):
            ended = True
            break
    peak = max(known.throughput(level) for level in levels) if known.closed else None
    return _Doubled(levels, peak, ended)

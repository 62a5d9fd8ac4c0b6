"""The change of a knee between two searches, and whether it is more than their brackets leave open; pure."""

from __future__ import annotations

from math import inf
from typing import Literal, NamedTuple

from tasks.config.base import Frozen
from tasks.measure.speed.figures.notation import MISSING
from tasks.plan.search import Knee
from tasks.report.tables.knee_table import level_text

KneeVerdict = Literal["better", "worse", "open"]
Bound = Literal["", "≥", "≤"]
"""Whether a number is exact, the lowest that it may be, or the highest."""
OPPOSITE: dict[Bound, Bound] = {"": "", "≥": "≤", "≤": "≥"}
AT_LEAST, AT_MOST, BELOW = "at least", "at most", "below"


class KneeRange(NamedTuple):
    """Where the knee lies: at `level`, or above or below it as `bound` says, and from `low` to `high`."""

    level: float
    bound: Bound
    low: float
    high: float


class KneeChange(Frozen):
    """The change of a knee.

    `difference`: as a share of the first knee; None if the searches bound it on no side. `bound`: whether the
    change is at least or at most that. `verdict`: `open` if the brackets of the searches overlap or touch.
    """

    difference: float | None
    bound: Bound
    verdict: KneeVerdict

    @property
    def text(self) -> str:
        """The change as a table cell, such as `+20.0 % better` or `≤ -95.0 % worse`."""
        if self.difference is None:
            return self.verdict
        return f"{self.bound} {100 * self.difference:+.1f} % {self.verdict}".lstrip()


def knee_range(knee: Knee) -> KneeRange:
    """Return where a search has found the knee to lie.

    Without `high` no load reached a limit, so the knee is above. Without `low` the first level reached it, so
    the knee is that level or below.
    """
    if knee.high is None:
        level = knee.low or 0.0
        return KneeRange(level, "≥", level, inf)
    if knee.low is None:
        return KneeRange(knee.high, "≤", 0.0, knee.high)
    return KneeRange(knee.knee or knee.low, "", knee.low, knee.high)


def level_words(knee: Knee) -> str:
    """Return the knee, such as `20`; if the search bounds it on one side alone, such as `at least 64`."""
    known = knee_range(knee)
    level = level_text(known.level)
    if known.bound == "≥":
        return f"{AT_LEAST} {level}"
    if known.bound == "≤":
        return f"{BELOW if knee.knee is None else AT_MOST} {level}"
    return level


def between_text(knee: Knee) -> str:
    """Return the bracket of a search, such as `19 – 20`; MISSING if it has one end alone."""
    if knee.low is None or knee.high is None:
        return MISSING
    return f"{level_text(knee.low)} – {level_text(knee.high)}"


def knee_change(base: Knee, new: Knee) -> KneeChange:
    """Return the change between two knees of the same kind of load."""
    before, after = knee_range(base), knee_range(new)
    verdict = _verdict(before, after)
    bounds: set[Bound] = {OPPOSITE[before.bound], after.bound}
    if {"≥", "≤"} <= bounds or not before.level:
        return KneeChange(difference=None, bound="", verdict=verdict)
    difference = after.level / before.level - 1
    bound = next((bound for bound in bounds if bound), "")
    return KneeChange(difference=difference, bound=bound, verdict=verdict)


def _verdict(before: KneeRange, after: KneeRange) -> KneeVerdict:
    """Brackets that touch decide nothing: noise moves the end of a bracket by a step."""
    if before.low <= after.high and after.low <= before.high:
        return "open"
    return "better" if after.low > before.high else "worse"

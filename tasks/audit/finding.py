"""What one check finds, and the words to say it with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from tasks.audit.verdict import Grade
from tasks.config.base import Frozen


class Finding(Frozen):
    """A sentence about one point, and the figure it was judged by. `noted`: worth saying, though valid."""

    verdict: Grade
    sentence: str
    value: float | None = None
    limit: float | None = None
    noted: bool = False


def at_most(
    limit: float,
    value: float,
    worse: Literal["suspect", "invalid"],
    sentence: str,
    otherwise: str | None = None,
) -> Finding:
    """`worse` above the limit, else valid. `otherwise`: the sentence then, where it is another one."""
    if value > limit:
        return Finding(verdict=worse, sentence=sentence, value=value, limit=limit)
    return Finding(verdict="valid", sentence=otherwise or sentence, value=value, limit=limit)


def unchecked(why: str) -> Finding:
    """What the check needs is not there."""
    return Finding(verdict="unchecked", sentence=why)


def not_counted(what: str) -> Finding:
    """The server has no such figure, or was restarted and began it anew."""
    return unchecked(f"the server's /metrics do not tell {what}")


def total(values: Iterable[int | None]) -> float:
    """The sum of the values that are there."""
    return float(sum(value or 0 for value in values))

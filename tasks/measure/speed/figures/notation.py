"""How a figure is written for a reader: its unit and its digits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

MISSING = "–"
"""The text for a figure that is None."""


@dataclass(frozen=True, slots=True)
class Notation:
    """A unit, and the function that formats a recorded value in it. `scale`: the units in a recorded 1."""

    unit: str
    write: Callable[[float], str]
    scale: float = 1.0

    def text(self, value: float | None) -> str:
        """The value in this notation; a dash for None."""
        return MISSING if value is None else self.write(value)


def seconds(value: float) -> str:
    """Seconds, to the millisecond."""
    return f"{value:,.3f}"


def milliseconds(value: float) -> str:
    """Seconds as milliseconds, with three digits or more."""
    scaled = value * 1000
    if scaled >= 1000:
        return f"{scaled:,.0f}"
    return f"{scaled:.1f}" if scaled >= 10 else f"{scaled:.2f}"


def per_second(value: float) -> str:
    """Requests per second; three digits after the point below one."""
    return f"{value:,.2f}" if value >= 1 or value == 0 else f"{value:.3f}"


def tokens(value: float) -> str:
    """Tokens per second."""
    return f"{value:,.1f}"


def plain(value: float) -> str:
    """A number of any size: whole from a thousand on, four significant digits below."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{round(value, 9):.4g}"


SECONDS = Notation("s", seconds)
MILLISECONDS = Notation("ms", milliseconds, scale=1000.0)
REQUESTS_PER_SECOND = Notation("req/s", per_second)
TOKENS_PER_SECOND = Notation("tok/s", tokens)
TOKENS = Notation("tok", plain)
SHARE = Notation("share", plain)
JOULES = Notation("J", plain)
JOULES_PER_TOKEN = Notation("J/tok", plain)
JOULES_PER_REQUEST = Notation("J/req", plain)
PER_MILLION_TOKENS = Notation("per 1M tok", plain)

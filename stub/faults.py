"""Faults: which request fails, and how."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, Literal, get_args

Kind = Literal[
    "error500",  # status 500
    "error429",  # status 429
    "drop",  # the connection is closed without a response
    "hang",  # there is never a response
    "die",  # the server exits at once, with code 1
    "reset",  # a TCP reset after half of the tokens
    "stall",  # nothing follows half of the tokens, and the connection stays open
    "in_band_error",  # status 200, and an error event after half of the tokens
    "slow_token",  # one gap of 1 s, after half of the tokens
    "short",  # one token fewer than requested
    "lying_usage",  # `usage` reports one token more than was sent
    "no_usage",  # `usage` is missing
    "wrong_model",  # the response names another model
    "cached",  # `usage` and /metrics report the whole prompt as a prefix cache hit
]
KINDS = frozenset(get_args(Kind))


@dataclass(frozen=True, slots=True)
class Fault:
    """A kind of failure, and the requests that it applies to.

    Args:
        kind: how the request fails.
        first: the first request that fails. The first request has the number 0.
        count: how many requests fail from there on. None: all.
        every: every N-th request fails. `first` and `count` are then ignored.

    Raises:
        ValueError: the kind is unknown, or `every` is less than 1.
    """

    kind: Kind
    first: int = 0
    count: int | None = None
    every: int | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown fault {self.kind!r}; use one of: {', '.join(sorted(KINDS))}")
        if self.every is not None and self.every < 1:
            raise ValueError(f"every must be at least 1, not {self.every}")

    def applies_to(self, number: int) -> bool:
        """Return whether the request of this number fails."""
        if self.every is not None:
            return (number + 1) % self.every == 0
        return number >= self.first and (self.count is None or number < self.first + self.count)


def parse_fault(text: str) -> dict[str, Any]:
    """Return the fields of `KIND`, `KIND:every=10` or `KIND:first=5,count=3`. Raises ValueError."""
    kind, _, rest = text.partition(":")
    fields: dict[str, Any] = {"kind": kind}
    for part in filter(None, rest.split(",")):
        name, _, value = part.partition("=")
        if name not in ("first", "count", "every") or not value.isdecimal():
            raise ValueError(f"{part!r} is none of first=N, count=N, every=N")
        fields[name] = int(value)
    Fault(**fields)
    return fields


class Faults:
    """The current faults, and the number of requests since they were set."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._numbers = count()

    def replace(self, rules: Sequence[Mapping[str, Any]]) -> None:
        """Replace all faults and count requests from 0 again.

        Raises:
            TypeError: a rule has an unknown field. The faults stay as they were.
            ValueError: a rule has an invalid value. The faults stay as they were.
        """
        self._faults = [Fault(**rule) for rule in rules]
        self._numbers = count()

    def next_kind(self) -> str:
        """Return the kind of the first fault that applies to the next request, or an empty string."""
        number = next(self._numbers)
        for fault in self._faults:
            if fault.applies_to(number):
                return fault.kind
        return ""

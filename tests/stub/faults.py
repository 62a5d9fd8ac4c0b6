"""Which request goes wrong, and how."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import Any, Literal, get_args

Kind = Literal[
    "error500",  # answered 500
    "error429",  # answered 429
    "drop",  # closed before the answer
    "hang",  # never answered
    "die",  # the server's process exits with 1, at once
    "reset",  # TCP reset after half of the tokens
    "stall",  # nothing more after half of the tokens, the connection stays
    "in_band_error",  # 200, then an error event after half of the tokens
    "slow_token",  # one gap of 1 s in the middle
    "short",  # one token fewer than asked for
    "lying_usage",  # usage says one token more than was sent
    "no_usage",  # usage is left out
    "wrong_model",  # the answer names another model
    "cached",  # usage and /metrics say that the whole prompt was in the prefix cache
]
KINDS = frozenset(get_args(Kind))


@dataclass(frozen=True, slots=True)
class Fault:
    """`count` requests from number `first` on (the first request is number 0), or each `every`-th one."""

    kind: Kind
    first: int = 0
    count: int | None = None
    every: int | None = None

    def __post_init__(self) -> None:
        """Raises ValueError for an unknown kind or a number that makes no sense."""
        if self.kind not in KINDS:
            raise ValueError(f"unknown fault {self.kind!r}, one of: {', '.join(sorted(KINDS))}")
        if self.every is not None and self.every < 1:
            raise ValueError("every must be at least 1")

    def hits(self, number: int) -> bool:
        """Whether the request of this number, counted from 0, goes wrong."""
        if self.every is not None:
            return (number + 1) % self.every == 0
        return number >= self.first and (self.count is None or number < self.first + self.count)


class Faults:
    """The faults in force, and how many requests came since they were set."""

    def __init__(self) -> None:
        self.set([])

    def set(self, rules: list[dict[str, Any]]) -> None:
        """Replace all rules and count from 0; raises TypeError or ValueError, changing nothing."""
        self._rules = [Fault(**rule) for rule in rules]
        self._numbers = count()

    def take(self) -> str:
        """The fault of the next request, empty when it goes right; the first rule that hits decides."""
        number = next(self._numbers)
        return next((rule.kind for rule in self._rules if rule.hits(number)), "")

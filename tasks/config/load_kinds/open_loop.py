"""The open loop: requests sent by a schedule, however many are still in flight."""

from __future__ import annotations

import random
from collections.abc import Iterator
from math import ceil, sqrt
from typing import ClassVar, Literal

from pydantic import Field

from tasks.config.load_kinds.load_kind import LoadKind

Arrival = Literal["poisson", "constant"]


class OpenLoop(LoadKind):
    """`rate` requests a second, sent whether or not earlier ones have ended."""

    kind: ClassVar[str] = "rate"
    spec_fields: ClassVar[tuple[str, ...]] = ("rate",)
    unit: ClassVar[str] = "req/s"
    header: ClassVar[str] = "Rate"

    rate: float = Field(gt=0, le=100_000, description="requests per second")
    arrival: Arrival = Field("poisson", description="gaps between requests: exponential, or all equal")

    @property
    def level(self) -> float:
        """The rate."""
        return self.rate

    @property
    def label(self) -> str:
        """As rate2.5."""
        return f"rate{self.rate:g}"

    @property
    def text(self) -> str:
        """As 2.5/s."""
        return f"{self.rate:g}/s"

    def arrivals(self, seed: int) -> Iterator[float]:
        """An endless schedule; the first request is sent at 0."""
        generator, moment = random.Random(seed), 0.0
        while True:
            yield moment
            moment += 1 / self.rate if self.arrival == "constant" else generator.expovariate(self.rate)

    def time_limit_s(self, requests: int, request_timeout_s: float) -> float:
        """Twice the time that the schedule takes on average, and one request."""
        return request_timeout_s + 2 * requests / self.rate

    @classmethod
    def search_requests(cls, level: float, requests_per_slot: int, seconds: float) -> int:
        """As many as the rate sends in `seconds`, two at least."""
        return max(ceil(level * seconds), 2)

    @classmethod
    def between(cls, low: float, high: float, precision: float) -> float | None:
        """The geometric middle, rounded to three digits."""
        middle = float(f"{sqrt(low * high):.3g}")
        return middle if high > low * (1 + precision) and low < middle < high else None

"""The open loop: requests follow a schedule, no matter how many are in flight."""

from __future__ import annotations

import random
from collections.abc import Iterator
from math import ceil, sqrt
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from tasks.config.base import added_field
from tasks.config.load_kinds.load_kind import LoadKind
from tasks.config.refusal import refuse

Arrival = Literal["poisson", "constant"]


class OpenLoop(LoadKind):
    """`rate` requests a second, sent whether or not earlier ones have ended."""

    kind: ClassVar[str] = "rate"
    spec_fields: ClassVar[tuple[str, ...]] = ("rate",)
    unit: ClassVar[str] = "req/s"
    header: ClassVar[str] = "Rate"

    rate: float = Field(gt=0, le=100_000, description="requests per second")
    arrival: Arrival = Field("poisson", description="gaps between requests: exponential, or all equal")
    burstiness: float | None = added_field(
        gt=0,
        le=1000,
        description="shape of gamma-distributed gaps: 1 is Poisson, below 1 requests come in bursts, "
        "above 1 more evenly",
    )

    @property
    def level(self) -> float:
        """The rate."""
        return self.rate

    @property
    def label(self) -> str:
        """The rate after `rate`, as `rate2.5`."""
        return f"rate{self.rate:g}" + (f"burst{self.burstiness:g}" if self.burstiness else "")

    @property
    def text(self) -> str:
        """The rate per second, as `2.5/s`."""
        return f"{self.rate:g}/s" + (f" burstiness {self.burstiness:g}" if self.burstiness else "")

    def arrivals(self, seed: int) -> Iterator[float]:
        """Yield send times without end, in seconds; the first is 0."""
        generator, moment = random.Random(seed), 0.0
        while True:
            yield moment
            moment += self._gap(generator)

    def _gap(self, generator: random.Random) -> float:
        """Return the seconds to the next request; their mean is 1 / rate whatever the distribution."""
        if self.burstiness:
            return generator.gammavariate(self.burstiness, 1 / (self.rate * self.burstiness))
        return 1 / self.rate if self.arrival == "constant" else generator.expovariate(self.rate)

    @model_validator(mode="after")
    def _check_burstiness(self) -> Self:
        if self.burstiness and self.arrival == "constant":
            raise refuse("constant gaps have no burstiness", "remove `burstiness` or `arrival`")
        return self

    def time_limit_s(self, requests: int, request_timeout_s: float) -> float:
        """Return twice the mean duration of the schedule, plus one request's time-out."""
        return request_timeout_s + 2 * requests / self.rate

    @classmethod
    def search_requests(cls, level: float, requests_per_slot: int, seconds: float) -> int:
        """Return the number of requests that the rate sends in `seconds`, at least 2."""
        return max(ceil(level * seconds), 2)

    @classmethod
    def between(cls, low: float, high: float, precision: float) -> float | None:
        """Return the geometric mean, rounded to three significant digits."""
        middle = float(f"{sqrt(low * high):.3g}")
        return middle if high > low * (1 + precision) and low < middle < high else None

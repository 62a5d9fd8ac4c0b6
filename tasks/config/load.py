"""How requests come: one load, or loads that grow until the server is saturated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil, floor, sqrt
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from tasks.config.base import Frozen
from tasks.config.objective import Objective, needed_success

LAST_STEP = 1.5
"""A last level that is nearer than this to the one before would seem to gain nothing."""
NEARLY = 0.9


class Load(Frozen):
    """How requests come: a closed loop, an open loop, or all at once.

    Closed: `concurrency` slots that send the next request when one has ended. Open: `rate` requests per
    second, whatever became of the others. `burst: N` is a closed loop of N slots and N requests.
    """

    concurrency: int | None = Field(None, ge=1, le=100_000)
    rate: float | None = Field(None, gt=0, le=100_000, description="requests per second of an open loop")
    arrival: Literal["poisson", "constant"] = Field("poisson", description="of an open loop's requests")
    requests: int = Field(ge=1, le=10_000_000, description="how many; the most, where `duration_s` is given")
    duration_s: float | None = Field(None, gt=0, description="no request is sent after so long")

    @property
    def slots(self) -> int:
        """Requests that may be under way at once; 0 where nothing limits them."""
        return self.concurrency or 0

    @property
    def label(self) -> str:
        """A short name: c4, or rate2.5."""
        return f"c{self.concurrency}" if self.rate is None else f"rate{self.rate:g}"

    @model_validator(mode="before")
    @classmethod
    def _burst(cls, given: Any) -> Any:
        if isinstance(given, dict) and "burst" in given:
            if len(given) > 1:
                raise ValueError("a burst stands alone: {burst: 100}")
            return {"concurrency": given["burst"], "requests": given["burst"]}
        return given

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if (self.concurrency is None) == (self.rate is None):
            raise ValueError("give `concurrency` (closed loop) or `rate` (open loop), one of them")
        return self


class Saturation(Frozen):
    """Where the search starts, how far it may go, and how finely it answers.

    `concurrency` is the first level of closed loops, `rate` that of open loops in requests per second.
    """

    until: Literal["saturated"]
    concurrency: int | None = Field(None, ge=1, le=100_000)
    rate: float | None = Field(None, gt=0, le=100_000)
    arrival: Literal["poisson", "constant"] = Field("poisson", description="of open loops' requests")
    max: float = Field(256, gt=0, le=100_000, description="no level is higher")
    requests_per_slot: int = Field(5, ge=3, le=10_000, description="of closed loops")
    seconds: float = Field(30, gt=0, le=100_000, description="for which an open loop sends")
    precision: float = Field(0.05, gt=0, lt=1, description="of the answer, as a share of it")
    measurements: int = Field(5, ge=1, le=100, description="of one level at most, where one does not decide")

    @property
    def kind(self) -> Literal["concurrency", "rate"]:
        """What grows."""
        return "concurrency" if self.rate is None else "rate"

    @property
    def start(self) -> float:
        """The first level."""
        return self.rate or self.concurrency or 1

    def levels(self) -> Iterator[float]:
        """Doubled from the start to the highest."""
        level = self.start
        yield level
        while (level := 2 * level) <= self.max / LAST_STEP:
            yield level
        yield self.max

    @property
    def nearly_max(self) -> int | None:
        """A closed loop's level with clearly less throughput than the highest, where that gains any."""
        return floor(NEARLY * self.max) if self.kind == "concurrency" else None

    def between(self, low: float, high: float) -> float | None:
        """The level that halves an interval; None where that is narrow enough."""
        if self.kind == "rate":
            middle = float(f"{sqrt(low * high):.3g}")  # a rate that a person can read
            return middle if high > low * (1 + self.precision) and low < middle < high else None
        return floor((low + high) / 2) if high - low > max(1, self.precision * low) else None

    def load_at(self, level: float, objectives: Sequence[Objective]) -> Load:
        """The load of a level: enough requests for every objective's percentile, though some may fail."""
        enough = ceil(max((each.requests for each in objectives), default=1) / needed_success(objectives))
        if self.kind == "rate":
            requests = max(ceil(level * self.seconds), enough, 2)
            return Load(rate=level, arrival=self.arrival, requests=requests)
        return Load(concurrency=int(level), requests=max(int(level) * self.requests_per_slot, enough))

    def __str__(self) -> str:
        return f"{self.kind} from {self.start:g} to {self.max:g} until saturated"

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if (self.concurrency is None) == (self.rate is None):
            raise ValueError("give `concurrency` (closed loops) or `rate` (open loops) to start from")
        if self.start >= self.max:
            raise ValueError(f"the search starts at {self.start:g}; give a `max` above that")
        if self.kind == "concurrency" and self.max != int(self.max):
            raise ValueError(f"{self.max} is no concurrency; give a whole number as `max`")
        return self

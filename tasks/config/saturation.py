"""The search for the load that saturates a server. A spec gives it instead of a list of loads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from tasks.config.base import Frozen, added_field
from tasks.config.load import LOAD_KINDS, Load, read_load
from tasks.config.load_kinds.load_kind import LoadKind
from tasks.config.load_kinds.open_loop import Arrival
from tasks.config.refusal import refuse

LAST_STEP = 1.5
"""Smallest factor between the last doubled level and `max`. Over a smaller step throughput hardly grows."""


class Saturation(Frozen):
    """Where the search starts, how far it may go, and how precise its answer is.

    `concurrency` is the first level of closed loops, `rate` that of open loops in requests per second.
    """

    until: Literal["saturated"] = Field(description="searches the load that saturates the server")
    concurrency: int | None = Field(
        None, ge=1, le=100_000, description="first level of closed loops: requests in flight"
    )
    rate: float | None = Field(
        None, gt=0, le=100_000, description="first level of open loops: requests per second"
    )
    arrival: Arrival = Field("poisson", description="gaps between the requests of open loops")
    burstiness: float | None = added_field(
        gt=0, le=1000, description="shape of gamma-distributed gaps of open loops, as in a load"
    )
    max: float = Field(256, gt=0, le=100_000, description="highest level that is measured")
    requests_per_slot: int = Field(5, ge=3, le=10_000, description="requests of a closed loop for each slot")
    seconds: float = Field(30, gt=0, le=100_000, description="how long an open loop sends requests")
    precision: float = Field(
        0.05,
        gt=0,
        lt=1,
        description="width of the interval at the search's end, as a share of its lower end",
    )
    measurements: int = Field(5, ge=1, le=100, description="most measurements of one level")

    @property
    def kind(self) -> Literal["concurrency", "rate"]:
        """The kind of load that the search raises: `concurrency` or `rate`."""
        return "concurrency" if self.rate is None else "rate"

    @property
    def load_kind(self) -> type[LoadKind]:
        """The LoadKind subclass of the loads that the search measures."""
        return LOAD_KINDS[self.kind]

    @property
    def start(self) -> float:
        """The first level: `rate` or `concurrency`."""
        return self.rate or self.concurrency or 1

    def levels(self) -> Iterator[float]:
        """Yield levels that double from `start`, then `max`."""
        level = self.start
        yield level
        while 2 * level <= self.max / LAST_STEP:
            level *= 2
            yield level
        yield self.max

    @property
    def nearly_max(self) -> float | None:
        """A level just below `max` that shows whether throughput still grows; None for open loops."""
        return self.load_kind.nearly_max(self.max)

    def between(self, low: float, high: float) -> float | None:
        """Return the level in the middle of an interval; None if the interval is narrow enough."""
        return self.load_kind.between(low, high, self.precision)

    def load_at(self, level: float, at_least: int = 1) -> Load:
        """Return the load at a level, concurrency or rate, with so many requests or more."""
        requests = self.load_kind.search_requests(level, self.requests_per_slot, self.seconds)
        settings: dict[str, float | str] = {self.kind: level, "requests": max(requests, at_least)}
        if "arrival" in self.load_kind.model_fields:
            settings["arrival"] = self.arrival
        if self.burstiness:
            settings["burstiness"] = self.burstiness
        return read_load(settings)

    def __str__(self) -> str:
        return f"{self.kind} from {self.start:g} to {self.max:g} until saturated"

    @model_validator(mode="before")
    @classmethod
    def _refuse_profile(cls, given: Any) -> Any:
        if isinstance(given, dict) and isinstance(given.get("rate"), dict):
            raise refuse(
                "a profile changes its rate by itself, so a search has no rate to raise",
                "give `rate: NUMBER` or `concurrency` to start from, or list the profile as a load: "
                "[{rate: {…}}]",
            )
        return given

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if (self.concurrency is None) == (self.rate is None):
            raise refuse(
                "the search has no single kind of load",
                "give `concurrency` (closed loops) or `rate` (open loops) to start from, one of them",
            )
        if self.burstiness and self.kind == "concurrency":
            raise refuse("closed loops have no gaps between requests", "remove `burstiness`")
        if self.start >= self.max:
            raise refuse(f"the search starts at {self.start:g}", "give a `max` above that")
        if self.kind == "concurrency" and self.max != int(self.max):
            raise refuse(f"{self.max} is no concurrency", "give a whole number as `max`")
        return self

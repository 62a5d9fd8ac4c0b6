"""An open loop whose rate changes: a ramp, or steps such as the hours of a day."""

from __future__ import annotations

import random
from abc import ABC, abstractmethod
from collections.abc import Iterator
from math import ceil, sqrt
from typing import Annotated, Any, ClassVar

from pydantic import ConfigDict, Discriminator, Field, Tag, model_validator

from tasks.config.base import Frozen
from tasks.config.load_kinds.load_kind import LoadKind
from tasks.config.load_kinds.open_loop import Arrival
from tasks.config.refusal import refuse

MOST_PER_S = 100_000
DEVIATIONS = 6
"""Standard deviations by which Poisson arrivals may outnumber their mean before requests run out."""


class Profile(Frozen, ABC):
    """A rate over time."""

    @property
    @abstractmethod
    def seconds(self) -> float:
        """How long the profile lasts."""

    @property
    @abstractmethod
    def peak(self) -> float:
        """The highest rate."""

    @property
    @abstractmethod
    def requests(self) -> float:
        """The mean number of requests over the whole profile."""

    @property
    @abstractmethod
    def name(self) -> str:
        """A short name, for file names."""

    @abstractmethod
    def time_of(self, requests: float) -> float:
        """Return when the mean number of requests so far is `requests`, in seconds from the start."""


class Ramp(Profile):
    """`{from: 1, to: 20, over_s: 300}`: the rate changes evenly from one to the other."""

    model_config = ConfigDict(serialize_by_alias=True)

    first: float = Field(alias="from", ge=0, le=MOST_PER_S, description="requests per second at the start")
    to: float = Field(ge=0, le=MOST_PER_S, description="requests per second at the end")
    over_s: float = Field(gt=0, le=1_000_000, description="how long the ramp lasts")

    @property
    def seconds(self) -> float:
        """The ramp's duration."""
        return self.over_s

    @property
    def peak(self) -> float:
        """The larger of both rates."""
        return max(self.first, self.to)

    @property
    def requests(self) -> float:
        """The mean rate times the duration."""
        return (self.first + self.to) / 2 * self.over_s

    @property
    def name(self) -> str:
        """Both rates and the duration, as `1-20over300s`."""
        return f"{self.first:g}-{self.to:g}over{self.over_s:g}s"

    def time_of(self, requests: float) -> float:
        """Solve first · t + (to − first) / (2 over_s) · t² = requests."""
        growth = (self.to - self.first) / self.over_s
        root = sqrt(max(0.0, self.first**2 + 2 * growth * requests))
        return 2 * requests / (self.first + root) if requests else 0.0


class Step(Frozen):
    """One rate, and how long it lasts."""

    rate: float = Field(gt=0, le=MOST_PER_S, description="requests per second")
    for_s: float = Field(gt=0, le=1_000_000, description="how long this rate lasts")


class Steps(Profile):
    """`{steps: [{rate: 1, for_s: 60}, {rate: 5, for_s: 60}]}`: one rate after the other."""

    steps: tuple[Step, ...] = Field(min_length=1, description="rates and how long each lasts, in order")

    @property
    def seconds(self) -> float:
        """The sum of all durations."""
        return sum(step.for_s for step in self.steps)

    @property
    def peak(self) -> float:
        """The highest rate."""
        return max(step.rate for step in self.steps)

    @property
    def requests(self) -> float:
        """The sum of rate times duration."""
        return sum(step.rate * step.for_s for step in self.steps)

    @property
    def name(self) -> str:
        """The number of steps, the peak and the duration, as `24steps-5over86400s`."""
        return f"{len(self.steps)}steps-{self.peak:g}over{self.seconds:g}s"

    def time_of(self, requests: float) -> float:
        """Return the time within the step that reaches the number; the last step goes on after its end."""
        start, left = 0.0, requests
        for step in self.steps[:-1]:
            if left < step.rate * step.for_s:
                return start + left / step.rate
            start, left = start + step.for_s, left - step.rate * step.for_s
        return start + left / self.steps[-1].rate


def _tag(value: Any) -> str:
    is_steps = isinstance(value, Steps) or (isinstance(value, dict) and "steps" in value)
    return "load:steps" if is_steps else "load:ramp"


class RateProfile(LoadKind):
    """`rate` requests a second, which change over time, whether or not earlier ones have ended."""

    kind: ClassVar[str] = "profile"
    spec_fields: ClassVar[tuple[str, ...]] = ("profile",)
    unit: ClassVar[str] = "req/s at most"
    header: ClassVar[str] = "Rate"
    steady: ClassVar[bool] = False

    rate: Annotated[
        Annotated[Ramp, Tag("load:ramp")] | Annotated[Steps, Tag("load:steps")], Discriminator(_tag)
    ] = Field(description="{from, to, over_s} or {steps: [{rate, for_s}, …]}, in requests per second")
    arrival: Arrival = Field(
        "poisson", description="gaps between requests: exponential, or as even as can be"
    )

    @property
    def level(self) -> float:
        """The highest rate."""
        return self.rate.peak

    @property
    def label(self) -> str:
        """The profile's name after `rate`, as `rate1-20over300s`."""
        return f"rate{self.rate.name}"

    @property
    def text(self) -> str:
        """The profile's name."""
        return self.rate.name

    def arrivals(self, seed: int) -> Iterator[float]:
        """Yield send times in seconds until the profile's end; the first is that of a request due at 0."""
        generator, requests = random.Random(seed), 0.0
        while True:
            moment = self.rate.time_of(requests)
            if moment >= self.rate.seconds:
                return
            yield moment
            requests += 1.0 if self.arrival == "constant" else generator.expovariate(1.0)

    def time_limit_s(self, requests: int, request_timeout_s: float) -> float:
        """Return the profile's duration plus one request's time-out."""
        return self.rate.seconds + request_timeout_s

    @model_validator(mode="before")
    @classmethod
    def _fill_in_requests(cls, given: Any) -> Any:
        """Set the duration to that of the profile, and `requests` to more than the profile can send."""
        if not isinstance(given, dict) or not isinstance(given.get("rate"), dict):
            return given
        profile = (Steps if "steps" in given["rate"] else Ramp).model_validate(given["rate"])
        if given.get("duration_s") not in (None, profile.seconds):
            raise refuse("the rate's profile has a duration of its own", "remove `duration_s`")
        if profile.peak <= 0:
            raise refuse("the rate is 0 from beginning to end", "give a rate above 0")
        enough = ceil(profile.requests + DEVIATIONS * sqrt(profile.requests) + 2)
        return {**given, "duration_s": profile.seconds, "requests": given.get("requests") or enough}

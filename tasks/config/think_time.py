"""Think times in seconds: one number, or a distribution that times are drawn from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Annotated, Any, Self

from pydantic import Discriminator, Field, Tag, model_validator

from tasks.config.base import Frozen
from tasks.config.lengths import lognormal_quantile
from tasks.config.load import TAG_PREFIX
from tasks.config.refusal import refuse

LONGEST_S = 86_400
NUMBER, UNIFORM = f"{TAG_PREFIX}seconds", f"{TAG_PREFIX}uniform_seconds"
LOGNORMAL = f"{TAG_PREFIX}lognormal_seconds"
"""Tags of the forms of a think time."""

Seconds = Annotated[float, Field(ge=0, le=LONGEST_S)]
Positive = Annotated[float, Field(gt=0, le=LONGEST_S)]


class DrawnSeconds(Frozen, ABC):
    """A distribution of times. `at` is its quantile function, so that one random number is one time."""

    @abstractmethod
    def at(self, share: float) -> float:
        """Return the time in seconds that this share of all times does not exceed; 0 < share < 1."""


class UniformSeconds(DrawnSeconds):
    """`{uniform: [1, 5]}`: every time from the first to the second is equally likely."""

    uniform: tuple[Seconds, Seconds] = Field(description="shortest and longest time in seconds")

    def at(self, share: float) -> float:
        """Return the time at this share of the range."""
        low, high = self.uniform
        return low + share * (high - low)

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        low, high = self.uniform
        if low > high:
            raise refuse(f"{low:g} is above {high:g}", "give the shortest time first")
        return self


class LognormalSecondsShape(Frozen):
    """Mean, standard deviation and upper limit of a log-normal distribution, in seconds."""

    mean: Positive = Field(description="mean before `max` cuts the distribution off")
    sd: Positive = Field(description="standard deviation before `max` cuts it off")
    max: Positive = Field(description="longest time; the part of the distribution above it is cut off")

    @model_validator(mode="after")
    def _check_max(self) -> Self:
        if self.max < self.mean:
            raise refuse(f"max {self.max:g} is below the mean {self.mean:g}", "give a `max` above the mean")
        return self


class LognormalSeconds(DrawnSeconds):
    """`{lognormal: {mean: 5, sd: 4, max: 60}}`: many short times and few long ones."""

    lognormal: LognormalSecondsShape = Field(description="shape of the distribution, in seconds")

    def at(self, share: float) -> float:
        """Return the time at this share of the distribution up to `max`."""
        shape = self.lognormal
        return lognormal_quantile(shape.mean, shape.sd, shape.max, share)


def _tag(value: Any) -> str:
    if isinstance(value, LognormalSeconds) or (isinstance(value, dict) and "lognormal" in value):
        return LOGNORMAL
    return UNIFORM if isinstance(value, dict | UniformSeconds) else NUMBER


ThinkTime = Annotated[
    Annotated[Seconds, Tag(NUMBER)]
    | Annotated[UniformSeconds, Tag(UNIFORM)]
    | Annotated[LognormalSeconds, Tag(LOGNORMAL)],
    Discriminator(_tag),
]
"""A number, `{uniform: [low, high]}` or `{lognormal: {mean, sd, max}}`."""

"""Lengths of prompts and answers in tokens: one number, or a distribution that lengths are drawn from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from math import exp, log, sqrt
from statistics import NormalDist
from typing import Annotated, Any, Self

from pydantic import Discriminator, Field, Tag, model_validator

from tasks.config.base import Frozen
from tasks.config.load import TAG_PREFIX
from tasks.config.refusal import refuse

MOST_TOKENS = 100_000_000
DEFAULT_TOKENS = 1024
"""Length of prompts and responses where a spec gives none."""
NUMBER, UNIFORM, LOGNORMAL = f"{TAG_PREFIX}number", f"{TAG_PREFIX}uniform", f"{TAG_PREFIX}lognormal"
"""Tags of the forms of a length."""

Tokens = Annotated[int, Field(ge=1, le=MOST_TOKENS)]


class Distribution(Frozen, ABC):
    """A distribution of lengths. `at` is its quantile function, so that one random number is one length."""

    @abstractmethod
    def at(self, share: float) -> int:
        """Return the length that this share of all lengths does not exceed; 0 < share < 1."""


class Uniform(Distribution):
    """`{uniform: [128, 2048]}`: every whole number from the first to the second is equally likely."""

    uniform: tuple[Tokens, Tokens] = Field(description="shortest and longest length")

    def at(self, share: float) -> int:
        """Return the length at this share of the range."""
        low, high = self.uniform
        return min(high, low + int(share * (high - low + 1)))

    @model_validator(mode="after")
    def _check_order(self) -> Self:
        low, high = self.uniform
        if low > high:
            raise refuse(f"{low} is above {high}", "give the shortest length first")
        return self


class LognormalShape(Frozen):
    """Mean, standard deviation and upper limit of a log-normal distribution, in tokens."""

    mean: float = Field(gt=0, le=MOST_TOKENS, description="mean before `max` cuts the distribution off")
    sd: float = Field(gt=0, le=MOST_TOKENS, description="standard deviation before `max` cuts it off")
    max: Tokens = Field(description="longest length; the part of the distribution above it is cut off")

    @model_validator(mode="after")
    def _check_max(self) -> Self:
        if self.max < self.mean:
            raise refuse(f"max {self.max} is below the mean {self.mean:g}", "give a `max` above the mean")
        return self


class Lognormal(Distribution):
    """`{lognormal: {mean: 800, sd: 400, max: 4096}}`: many short lengths and few long ones."""

    lognormal: LognormalShape = Field(description="shape of the distribution, in tokens")

    def at(self, share: float) -> int:
        """Return the length at this share of the distribution up to `max`; at least 1."""
        shape = self.lognormal
        return max(1, round(lognormal_quantile(shape.mean, shape.sd, shape.max, share)))


def lognormal_quantile(mean: float, sd: float, limit: float, share: float) -> float:
    """Return the value at a share (0 < share < 1) of a log-normal distribution cut off above a limit."""
    spread = sqrt(log(1 + (sd / mean) ** 2))
    centre = log(mean) - spread**2 / 2
    normal = NormalDist()
    below_limit = normal.cdf((log(limit) - centre) / spread)
    return min(limit, exp(centre + spread * normal.inv_cdf(share * below_limit)))


def _tag(value: Any) -> str:
    if isinstance(value, Lognormal) or (isinstance(value, dict) and "lognormal" in value):
        return LOGNORMAL
    return UNIFORM if isinstance(value, dict | Uniform) else NUMBER


Length = Annotated[
    Annotated[Tokens, Tag(NUMBER)] | Annotated[Uniform, Tag(UNIFORM)] | Annotated[Lognormal, Tag(LOGNORMAL)],
    Discriminator(_tag),
]
"""A number, `{uniform: [low, high]}` or `{lognormal: {mean, sd, max}}`."""


def length_at(length: int | Distribution, share: float) -> int:
    """Return a number itself, or the length at a share of a distribution."""
    return length if isinstance(length, int) else length.at(share)

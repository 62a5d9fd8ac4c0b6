"""Objectives of a sweep: bounds on a point's figures, written as `ttft_p95_s <= 0.5`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

from pydantic import model_serializer, model_validator

from tasks.config.base import Frozen
from tasks.config.refusal import refuse
from tasks.text import did_you_mean

FIGURES = ("ttft", "tpot", "itl", "latency")
STATISTICS = ("mean", "p50", "p90", "p95", "p99")
SUCCESS = "success"
TIMES = tuple(f"{figure}_{statistic}_s" for figure in FIGURES for statistic in STATISTICS)

_OBJECTIVE = re.compile(
    r"\s*((?P<part>[a-z0-9][a-z0-9_-]*): *)?(?P<name>\w+)\s*(?P<operator>[<>=!~]+)\s*(?P<bound>\S+)\s*"
)


class Objective(Frozen):
    """A bound on one figure of a point.

    A time of the points table has an upper bound in seconds: `tpot_mean_s <= 0.05`. `success`, the share of
    the requests that succeed, has a lower bound: `success >= 0.99`.
    """

    name: str
    bound: float
    part: str | None = None
    """The sweep of a mix whose requests it bounds, as `chat: ttft_p95_s <= 0.5`; None: all of the point."""

    @property
    def figure(self) -> str:
        """The figure: ttft, tpot, itl, latency or success."""
        return self.name.partition("_")[0]

    @property
    def statistic(self) -> str:
        """The statistic: mean, p50, p90, p95 or p99; empty for success."""
        return self.name.removesuffix("_s").partition("_")[2]

    @property
    def bounds_time(self) -> bool:
        """Whether it bounds a time, and not how many requests succeed."""
        return self.name != SUCCESS

    @property
    def bounds_percentile(self) -> bool:
        """Whether it bounds a percentile of a time."""
        return self.statistic.startswith("p")

    @property
    def requests(self) -> int:
        """The number of requests needed to judge the objective: percentile p needs 1 / (1 - p)."""
        if not self.bounds_percentile:
            return 1
        return 100 // (100 - int(self.statistic[1:]))

    @property
    def bounded(self) -> str:
        """What it bounds: the figure, with the part of a mix before it."""
        return f"{self.part}: {self.name}" if self.part else self.name

    @property
    def limit(self) -> str:
        """The bound with its direction: `<= 0.5`."""
        return f"{_operator(self.name)} {self.bound:g}"

    def __str__(self) -> str:
        return f"{self.bounded} {self.limit}"

    @model_serializer
    def _as_text(self) -> str:
        return str(self)

    @model_validator(mode="before")
    @classmethod
    def _parse_text(cls, value: Any) -> Any:
        text = _text_of(value) if isinstance(value, dict) else str(value)
        match = _OBJECTIVE.fullmatch(text)
        if match is None:
            raise refuse(f"{text!r} is not an objective", "write it as ttft_p95_s <= 0.5")
        name, operator, bound = match["name"], match["operator"], match["bound"]
        _check_name(name)
        if operator != _operator(name):
            raise refuse(
                f"{name} cannot have a bound with {operator}", f"write {name} {_operator(name)} {bound}"
            )
        return {"name": name, "bound": _parse_bound(name, bound), "part": match["part"]}


def needed_success(objectives: Sequence[Objective]) -> float:
    """Return the share of requests that must succeed: the bound on `success`, 1.0 without one."""
    bounds = [objective.bound for objective in objectives if objective.name == SUCCESS]
    return max(bounds, default=1.0)


def _text_of(fields: Mapping[str, Any]) -> str:
    """Return fields as an objective's text. YAML reads an unquoted `chat: ttft_p95_s <= 1` as a field."""
    if {"name", "bound"} <= fields.keys() <= Objective.model_fields.keys():
        part, name = fields.get("part"), fields["name"]
        return f"{f'{part}: ' if part else ''}{name} {_operator(name)} {fields['bound']}"
    return ", ".join(f"{name}: {value}" for name, value in fields.items())


def _operator(name: str) -> str:
    return ">=" if name == SUCCESS else "<="


def _check_name(name: str) -> None:
    names = (*TIMES, SUCCESS)
    if name not in names:
        raise refuse(
            f"{name} is not a figure that an objective can bound",
            f"{did_you_mean(name, names)}"
            f"allowed are: {SUCCESS} and {{{','.join(FIGURES)}}}_{{{','.join(STATISTICS)}}}_s",
        )


def _parse_bound(name: str, text: str) -> float:
    try:
        bound = float(text)
    except ValueError:
        bound = float("nan")
    if name == SUCCESS and not 0 < bound <= 1:
        raise refuse(f"{text} is not a share of the requests", "give one above 0 and up to 1")
    if not (isfinite(bound) and bound > 0):
        raise refuse(f"{text} is not a time in seconds", "give seconds above 0, as ttft_p95_s <= 0.5")
    return bound

"""What a load has to keep: bounds on figures, as `ttft_p95_s <= 0.5`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches
from math import isfinite
from typing import Any

from pydantic import model_serializer, model_validator

from tasks.config.base import Frozen

FIGURES = ("ttft", "tpot", "itl", "latency")
STATISTICS = ("mean", "p50", "p90", "p95", "p99")
NEEDED = {50: 2, 90: 10, 95: 20, 99: 100}
"""How many values each percentile needs: fewer do not carry it."""
SUCCESS = "success"
TIMES = tuple(f"{figure}_{statistic}_s" for figure in FIGURES for statistic in STATISTICS)

_PARTS = re.compile(r"\s*(\w+)\s*([<>=!~]+)\s*(\S+)\s*")


class Objective(Frozen):
    """A bound on one figure of a point, written as in a spec.

    A time of the points table, in seconds, is at most so long: `tpot_mean_s <= 0.05`. `success` is at
    least such a share of the requests: `success >= 0.99`.
    """

    name: str
    bound: float

    @property
    def figure(self) -> str:
        """ttft, tpot, itl, latency or success."""
        return self.name.partition("_")[0]

    @property
    def statistic(self) -> str:
        """mean, p50, p90, p95 or p99; empty for success."""
        return self.name.removesuffix("_s").partition("_")[2]

    @property
    def requests(self) -> int:
        """How many requests it takes to judge it."""
        return NEEDED[int(self.statistic[1:])] if self.statistic.startswith("p") else 1

    def __str__(self) -> str:
        return f"{self.name} {_operator(self.name)} {self.bound:g}"

    @model_serializer
    def _written(self) -> str:
        return str(self)

    @model_validator(mode="before")
    @classmethod
    def _read(cls, given: Any) -> Any:
        if isinstance(given, dict):
            return given
        parts = _PARTS.fullmatch(str(given))
        if parts is None:
            raise ValueError(f"{given!r} is no objective; write it as ttft_p95_s <= 0.5")
        name, operator, bound = parts.groups()
        _check_name(name)
        if operator != _operator(name):
            raise ValueError(f"{name} {operator} is no bound; write {name} {_operator(name)} {bound}")
        return {"name": name, "bound": _number(name, bound)}


def needed_success(objectives: Sequence[Objective]) -> float:
    """The share of the requests that has to succeed: all of them, unless an objective says otherwise."""
    return max((each.bound for each in objectives if each.name == SUCCESS), default=1.0)


def _operator(name: str) -> str:
    return ">=" if name == SUCCESS else "<="


def _check_name(name: str) -> None:
    names = (*TIMES, SUCCESS)
    if name not in names:
        near = get_close_matches(name, names, 1)
        hint = f"did you mean {near[0]}? " if near else ""
        raise ValueError(
            f"{name} is no objective's figure; {hint}"
            f"allowed are: {SUCCESS} and {{{','.join(FIGURES)}}}_{{{','.join(STATISTICS)}}}_s"
        )


def _number(name: str, text: str) -> float:
    try:
        bound = float(text)
    except ValueError:
        bound = float("nan")
    if name == SUCCESS and not 0 < bound <= 1:
        raise ValueError(f"{text} is no share of the requests; give one above 0 and up to 1")
    if not (isfinite(bound) and bound > 0):
        raise ValueError(f"{text} is no time; give seconds above 0, as ttft_p95_s <= 0.5")
    return bound

"""The figures of one load point, and what they came from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from pydantic import model_validator

from tasks.config.base import Frozen
from tasks.config.load import Load
from tasks.config.objective import FIGURES as TIMES
from tasks.config.objective import Objective
from tasks.measure.speed.figures import BY_NAME


class PointResult(Frozen):
    """One load of one sweep, one repeat: how its requests ended, and its figures.

    `requests`: the measured ones. `attempt`: 2 where the server died under the first. `figures`: by the name
    of their entry in figures.py; read one with `result[name]`. `objectives_met`: whether the point keeps all
    objectives of its sweep, None where it has none or one cannot be judged.
    """

    sweep: str
    run_name: str
    load: Load
    requests: int
    repeat: int
    attempt: int
    succeeded: int
    failed: int
    figures: dict[str, float | None]
    objectives: tuple[Objective, ...] = ()
    objectives_met: bool | None = None
    first_error: str | None = None

    def __getitem__(self, figure: str) -> float | None:
        """A figure by its name; None where the point does not carry it. Raises KeyError for an unknown name."""
        return self.figures.get(BY_NAME[figure].name)

    def known(self, figure: str) -> float:
        """A figure that every point has, as throughputs; 0 where an older version did not record it."""
        return self[figure] or 0.0

    def with_figures(self, figures: Mapping[str, float | None]) -> Self:
        """The same point with some figures replaced."""
        return self.model_copy(update={"figures": {**self.figures, **figures}})

    @model_validator(mode="before")
    @classmethod
    def _read_cached_by_older_version(cls, given: Any) -> Any:
        """Version 0.1.0 cached a point with a field for each figure, and with `concurrency` and `rate`."""
        if not isinstance(given, dict) or "figures" in given:
            return given
        kept = {name: value for name, value in given.items() if name in cls.model_fields}
        level = {name: given[name] for name in ("concurrency", "rate") if given.get(name) is not None}
        return {**kept, "load": {**level, "requests": given["requests"]}, "figures": _flat_figures(given)}


def _flat_figures(given: Mapping[str, Any]) -> dict[str, float | None]:
    figures = {name: given[name] for name in BY_NAME if name in given}
    for time in TIMES:
        for statistic, value in given[time].items():
            figures[f"{time}_{statistic}_s"] = value
    return figures

"""The result of one load point: its load, counts of requests, figures and objectives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from pydantic import Field, model_validator

from tasks.config.base import Frozen
from tasks.config.load import Load
from tasks.config.objective import FIGURES as TIMES
from tasks.config.objective import Objective
from tasks.measure.speed.figures.figure_registry import BY_NAME
from tasks.measure.speed.figures.part_times import PartTimes


class PointResult(Frozen):
    """One load of one sweep, one repeat: how its requests ended, and its figures.

    `requests`: how many were measured. `abandoned`: how many of them neither succeeded nor failed,
    because their connection was closed on purpose. `attempt`: 2 if the server died in the first.
    `figures`: by the name of their entry in figures.py; read one with `result[name]`. `objectives_met`:
    whether the point meets all objectives of its sweep; None without objectives or if one cannot be
    judged. `part_times`: the times of each part of a mix.
    """

    sweep: str
    run_name: str
    load: Load
    requests: int
    repeat: int
    attempt: int
    succeeded: int
    failed: int
    abandoned: int = 0
    figures: dict[str, float | None]
    part_times: PartTimes = Field(default_factory=dict)
    objectives: tuple[Objective, ...] = ()
    objectives_met: bool | None = None
    first_error: str | None = None

    def __getitem__(self, figure: str) -> float | None:
        """Return a figure by name, None if the point lacks it; raise KeyError for an unknown name."""
        return self.figures.get(BY_NAME[figure].name)

    def known(self, figure: str) -> float:
        """Return a figure that every point has, such as a throughput; 0 if an older version lacks it."""
        return self[figure] or 0.0

    def with_figures(self, figures: Mapping[str, float | None]) -> Self:
        """Return a copy with some figures replaced."""
        return self.model_copy(update={"figures": {**self.figures, **figures}})

    @model_validator(mode="before")
    @classmethod
    def _read_cached_by_older_version(cls, fields: Any) -> Any:
        """Convert a point cached by version 0.1.0, which had `concurrency`, `rate` and a field per figure."""
        if not isinstance(fields, dict) or "figures" in fields:
            return fields
        kept = {name: value for name, value in fields.items() if name in cls.model_fields}
        level = {name: fields[name] for name in ("concurrency", "rate") if fields.get(name) is not None}
        return {**kept, "load": {**level, "requests": fields["requests"]}, "figures": _flat_figures(fields)}


def _flat_figures(fields: Mapping[str, Any]) -> dict[str, float | None]:
    figures = {name: fields[name] for name in BY_NAME if name in fields}
    for time in TIMES:
        for statistic, value in fields[time].items():
            figures[f"{time}_{statistic}_s"] = value
    return figures

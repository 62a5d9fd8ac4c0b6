"""When a run that measured everything fails all the same: its figures are not good enough."""

from __future__ import annotations

from pydantic import Field

from tasks.config.base import Frozen

PREVIOUS = "previous"


class Gate(Frozen):
    """What must hold of a run's figures, or its outcome is `failed` and its exit code 1."""

    worse_than: float | None = Field(
        None,
        ge=0,
        le=100,
        description="per cent, of scores points, that a figure may be worse than the baseline's",
    )
    baseline: str = Field(
        PREVIOUS,
        min_length=1,
        description="a run's id, or `previous`: the newest completed one of this spec, model and hardware",
    )
    objectives: bool = Field(False, description="every point keeps the objectives of its sweep")

"""The gate: conditions on a run's figures, without which the run fails."""

from __future__ import annotations

from pydantic import Field

from tasks.config.base import Frozen, added_field

PREVIOUS = "previous"


class Gate(Frozen):
    """Conditions on a run's figures. If one does not hold, the outcome is `failed` and the exit code 1."""

    worse_than: float | None = Field(
        None,
        ge=0,
        le=100,
        description="largest allowed loss against the baseline: of speed in per cent, of scores in points",
    )
    baseline: str = Field(
        PREVIOUS,
        min_length=1,
        description="id of a run, the name of a baseline (`servegauge baseline set`), or `previous`: the "
        "newest completed run of this spec, model and hardware",
    )
    enough_repeats: bool = added_field(
        False,
        description="whether the run also fails if noise leaves a loss of `worse_than` open; the message "
        "says how many repeats would decide",
    )
    objectives: bool = Field(False, description="whether every point must meet the objectives of its sweep")

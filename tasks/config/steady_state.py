"""The steady state that a sweep asks for."""

from __future__ import annotations

from pydantic import Field

from tasks.config.base import Frozen


class SteadyState(Frozen):
    """`{min_s: 600}`: the shortest steady state, as MLPerf asks for 600 s. A shorter one is suspect."""

    min_s: float = Field(
        600, gt=0, le=86_400, description="shortest time in seconds with the load's requests under way"
    )

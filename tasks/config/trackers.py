"""Where a finished run is shown besides the report."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from tasks.config.base import Frozen


class SwanLab(Frozen):
    """A SwanLab experiment for each run."""

    mode: Literal["offline", "local", "online", "disabled"] = "offline"
    project: str = Field("perf_benchmark", pattern=r"^[0-9A-Za-z_\-+.]{1,100}$")
    workspace: str | None = None
    host: str | None = Field(None, description="address of a SwanLab server of one's own")
    api_key_env: str = Field("SWANLAB_API_KEY", description="name of the variable with the key (mode online)")
    timeout_s: float = Field(
        60, gt=0, description="limit of the whole upload; after it the run goes on without"
    )


class Track(Frozen):
    """All trackers of a spec."""

    swanlab: SwanLab = SwanLab()
